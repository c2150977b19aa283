import { InvalidArgumentError, type Command } from 'commander';
import { Client } from 'pg';
import { ChainVerifier, type AuditEntry } from '#audit';
import { ROLES, createToken, type Role } from '#tokens';
import { fromEnvironment } from '#config';
import { createDataSource } from '#storage';
import { CommandError, EXIT } from '../exit-codes.js';
import type { OpenSession } from '../session.js';

const DAY_MS = 24 * 3600 * 1000;
const BATCH = 1000;

/** `token create` and `audit verify` work beside the database: the first token has nobody to ask, and a verifier asks nobody. */
export function addDatabaseCommands(program: Command, open: OpenSession): void {
  program
    .command('token')
    .description('bearer tokens')
    .command('create')
    .description('make a token beside the database (DATABASE_URL); its text is shown this once')
    .requiredOption('--name <who>', 'one person or one program')
    .requiredOption('--role <role>', ROLES.join(', '), role)
    .option('--days <count>', 'valid for so many days', days, 90)
    .action(async ({ name, role, days }: { name: string; role: Role; days: number }) => {
      const expiresAt = new Date(Date.now() + days * DAY_MS);
      const made = await makeToken(name, role, expiresAt);
      open().print({ ...made, name, role, expiresAt: expiresAt.toISOString() }, (t) => t.token);
    });
  program
    .command('audit')
    .description('the record of who did what')
    .command('verify')
    .description(
      'verify the hash chain beside the database (DATABASE_URL); exits with 1 if an entry was changed or removed',
    )
    .action(async () => {
      const result = await verifyAudit();
      open().print(result, (r) =>
        r.ok ? `${r.entries} entries, unbroken; head ${r.head}` : `entry ${r.seq}: ${r.reason}`,
      );
      if (!result.ok) process.exitCode = EXIT.refused;
    });
}

function role(text: string): Role {
  const found = ROLES.find((word) => word === text);
  if (!found) throw new InvalidArgumentError(`It must be one of ${ROLES.join(', ')}.`);
  return found;
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

async function makeToken(name: string, wanted: Role, expiresAt: Date): Promise<{ id: string; token: string }> {
  const dataSource = createDataSource({ url: databaseUrl(), schema: 'orchestrator', entities: [], migrations: [] });
  await dataSource.initialize().catch(unreachable);
  try {
    const made = await createToken(dataSource.manager, { name, role: wanted, expiresAt }, new Date());
    if (!made.ok)
      throw new CommandError(
        EXIT.refused,
        `Another token bears the name ${name}. Revoke it first, or choose another name.`,
      );
    return { id: made.id, token: made.text };
  } finally {
    await dataSource.destroy();
  }
}

async function verifyAudit() {
  const client = new Client({ connectionString: databaseUrl(), connectionTimeoutMillis: 5000 });
  await client.connect().catch(unreachable);
  const verifier = new ChainVerifier();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    for (let after = 0; ;) {
      const { rows } = await client.query<AuditEntry>(
        `SELECT seq::int AS seq, at, actor, action, subject, body, prev, hash FROM orchestrator.audit
         WHERE seq > $1 ORDER BY seq LIMIT ${BATCH}`,
        [after],
      );
      for (const entry of rows) verifier.take(entry);
      if (rows.length < BATCH) return verifier.result();
      after = rows.at(-1)?.seq ?? after;
    }
  } finally {
    await client.end();
  }
}

function unreachable(error: unknown): never {
  throw new CommandError(
    EXIT.unreachable,
    `The database can't be reached (${(error as NodeJS.ErrnoException).code ?? 'no answer'}).`,
  );
}
