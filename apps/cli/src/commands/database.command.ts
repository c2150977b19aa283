import { InvalidArgumentError, type Command } from 'commander';
import { fromEnvironment } from '#config';
import { CommandError, EXIT } from '../exit-codes.js';
import type { OpenSession } from '../session.js';

const DAY_MS = 24 * 3600 * 1000;
const VERIFY_HELP = `
Names the first entry that is wrong, and sees a cut-off end. Whoever owns the database could write a whole new chain:
keep the head that is printed somewhere else, and compare.`;
const WORDS = {
  missing: 'is missing',
  changed: 'was changed',
  'broken-link': 'does not follow from the entry before',
} as const;

/** The database's libraries take longer to load than most commands run, so only these two load them. */
const database = () => import('../database.client.js');

/** `token create` and `audit verify` work beside the database: the first token has nobody to ask, and a verifier asks nobody. */
export function addDatabaseCommands(program: Command, open: OpenSession): void {
  program
    .command('token')
    .description('bearer tokens')
    .command('create')
    .description('make a token beside the database (DATABASE_URL); its text is shown this once')
    .requiredOption('--name <who>', 'one person or one program')
    .requiredOption('--role <role>', 'viewer, operator, approver or admin (who does not approve)')
    .option('--days <count>', 'valid for so many days', days, 90)
    .action(async ({ name, role, days }: { name: string; role: string; days: number }) => {
      const expiresAt = new Date(Date.now() + days * DAY_MS);
      const { makeToken } = await database();
      const made = await makeToken(databaseUrl(), { name, role, expiresAt });
      open().print({ ...made, name, role, expiresAt: expiresAt.toISOString() }, (t) => t.token);
    });
  program
    .command('audit')
    .description('the record of who did what')
    .command('verify')
    .description(
      'verify the hash chain beside the database (DATABASE_URL); exits with 1 if an entry was changed or removed',
    )
    .addHelpText('after', VERIFY_HELP)
    .action(async () => {
      const { verify } = await database();
      const result = await verify(databaseUrl());
      open().print(result, (r) =>
        r.ok ? `${r.entries} entries, unbroken; head ${r.head}` : `entry ${r.seq} ${WORDS[r.reason]}`,
      );
      if (!result.ok) process.exitCode = EXIT.refused;
    });
}

function days(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 366)
    throw new InvalidArgumentError('It must be a number of days, 1 to 366.');
  return count;
}

function databaseUrl(): string {
  const url = fromEnvironment('DATABASE_URL');
  if (!url) throw new CommandError(EXIT.usage, "DATABASE_URL is not set: it names the orchestrator's database.");
  return url;
}
