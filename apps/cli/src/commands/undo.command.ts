import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CommandError, EXIT } from '../exit-codes.js';
import { findQuarantine } from './find.client.js';
import type { OpenSession, Session } from '../session.js';

/** `undo`: how to undo an isolation by hand. Offline it needs nothing but the files that were written before the first write. */
export function addUndoCommand(program: Command, open: OpenSession, directory: () => string | undefined): void {
  program
    .command('undo')
    .description('print the commands that undo an isolation by hand')
    .argument('<which>', "a device's asset, name or id, or a quarantine's id")
    .option('--offline', 'from the undo directory, without the orchestrator, its database or a token')
    .option('--directory <path>', 'the undo directory (default: LAZARET_UNDO_DIRECTORY)')
    .action(async (which: string, options: { offline?: boolean; directory?: string }) => {
      const text = options.offline ? offline(options.directory ?? directory(), which) : await online(open(), which);
      process.stdout.write(text);
    });
}

async function online({ rest }: Session, which: string): Promise<string> {
  const { quarantineId } = await findQuarantine(rest, which, true);
  return rest.call<string>(`/v1/quarantines/${quarantineId}/undo`);
}

/** The newest sheet that names the device. Sheets are text; their first lines say which device they are for. */
function offline(directory: string | undefined, which: string): string {
  if (!directory)
    throw new CommandError(EXIT.usage, 'Name the undo directory: --directory, or LAZARET_UNDO_DIRECTORY.');
  const sheets = files(directory).map((name) => ({ name, text: readFileSync(join(directory, name), 'utf8') }));
  const named = sheets.filter(({ name, text }) => name.includes(which) || header(text).includes(which));
  const newest = named.sort((a, b) => a.name.localeCompare(b.name)).at(-1);
  if (newest) return newest.text;
  const known = sheets.map(({ text }) => `  ${text.split('\n')[0]}`).join('\n');
  throw new CommandError(EXIT.refused, `No undo sheet names ${which}.${known ? ` There are:\n${known}` : ''}`);
}

function header(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.startsWith('#'))
    .join('\n');
}

function files(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => !name.startsWith('.'));
  } catch (error) {
    throw new CommandError(EXIT.unreachable, `${directory} can't be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
