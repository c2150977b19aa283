#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { fromEnvironment } from '#config';
import { addDatabaseCommands } from './commands/database.command.js';
import { addDecideCommands } from './commands/decide.command.js';
import { addDoctorCommand } from './commands/doctor.command.js';
import { addLookCommands } from './commands/look.command.js';
import { addPointCommands } from './commands/points.command.js';
import { addSiteCommands } from './commands/site.command.js';
import { addUndoCommand } from './commands/undo.command.js';
import { addWebhookCommands } from './commands/webhooks.command.js';
import { CommandError, EXIT } from './exit-codes.js';
import { plain } from './output.js';
import { RestClient } from './rest.client.js';
import type { Session } from './session.js';

interface SharedOptions {
  url: string;
  tokenFile?: string;
  json?: boolean;
}

const HELP = `
Examples:
  lazaret list                                       what is quarantined, and what waits for somebody
  lazaret show MRI-3                                 why, and what the plan keeps and cuts
  lazaret approve MRI-3 --reason "agreed with radiology"
  lazaret undo --offline MRI-3                       by hand, when nothing of Lazaret runs

LAZARET_URL and LAZARET_TOKEN say where and who; token and audit work beside the database (DATABASE_URL).
Exit codes: 0 done, 1 refused, 2 wrong command line, 3 not reachable, 4 not allowed, 5 lazaret itself failed.`;

const program = new Command('lazaret')
  .description('Isolates an infected medical device and keeps its images flowing.')
  .option(
    '--url <url>',
    "the orchestrator's address (LAZARET_URL)",
    fromEnvironment('LAZARET_URL') ?? 'http://127.0.0.1:8080',
  )
  .option('--token-file <path>', 'a file that holds the token (else LAZARET_TOKEN)')
  .option('--json', 'print JSON for programs')
  .addHelpText('after', HELP)
  .exitOverride()
  .configureHelp({ showGlobalOptions: true });

function open(): Session {
  const { url, tokenFile, json } = program.opts<SharedOptions>();
  const token = tokenFile ? read(tokenFile) : fromEnvironment('LAZARET_TOKEN');
  return {
    rest: new RestClient(url, token),
    print: (value, people) => process.stdout.write(`${json ? JSON.stringify(value) : plain(people(value))}\n`),
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CommandError(EXIT.unreachable, `${file} can't be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

addLookCommands(program, open);
addDecideCommands(program, open);
addPointCommands(program, open);
addSiteCommands(program, open);
addWebhookCommands(program, open);
addUndoCommand(program, open, () => fromEnvironment('LAZARET_UNDO_DIRECTORY'));
addDatabaseCommands(program, open);
addDoctorCommand(program, open);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed help or the mistake itself.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else {
    process.stderr.write(`lazaret: ${plain((error as Error).message)}\n`);
    process.exitCode = error instanceof CommandError ? error.exitCode : EXIT.failed;
  }
}
