import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CommandError, EXIT } from '../exit-codes.js';
import type { OpenSession, Session } from '../session.js';
import { findSheet, type Sheet } from '../undo/sheets.js';
import { findQuarantine } from './find.client.js';

const HELP = `
Offline, it needs nothing but the files that were written before the first write to the network:
  lazaret undo --offline MRI-3 --directory /var/lib/lazaret/undo`;

/** `undo`: how to undo an isolation by hand. */
export function addUndoCommand(program: Command, open: OpenSession, directory: () => string | undefined): void {
  program
    .command('undo')
    .description('print the commands that undo an isolation by hand')
    .argument('<which>', "a device's asset, name or id, or a quarantine's id")
    .option('--offline', 'from the undo directory, without the orchestrator, its database or a token')
    .option('--directory <path>', 'the undo directory (default: LAZARET_UNDO_DIRECTORY)')
    .addHelpText('after', HELP)
    .action(async (which: string, options: { offline?: boolean; directory?: string }) => {
      const session = open();
      const text = options.offline ? offline(options.directory ?? directory(), which) : await online(session, which);
      session.print({ undo: text.trimEnd() }, ({ undo }) => undo);
    });
}

async function online({ rest }: Session, which: string): Promise<string> {
  const { quarantineId } = await findQuarantine(rest, which, true);
  return rest.call<string>(`/v1/quarantines/${quarantineId}/undo`);
}

function offline(directory: string | undefined, which: string): string {
  if (!directory)
    throw new CommandError(EXIT.usage, 'Name the undo directory: --directory, or LAZARET_UNDO_DIRECTORY.');
  const found = findSheet(sheetsIn(directory), which);
  if (found.ok) return found.text;
  const titles = found.titles.map((title) => `\n  ${title}`).join('');
  const what = { unknown: `No undo sheet names ${which}.`, ambiguous: `${which} names more than one device.` };
  throw new CommandError(EXIT.refused, `${what[found.reason]}${titles && ` There are:${titles}`}`);
}

function sheetsIn(directory: string): Sheet[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.undo.txt'))
      .map((name) => join(directory, name))
      .map((file) => ({ text: readFileSync(file, 'utf8'), writtenAt: statSync(file).mtimeMs }));
  } catch (error) {
    throw new CommandError(EXIT.unreachable, `${directory} can't be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
