import { Client } from 'pg';
import { verifyAudit, type ChainCheck } from '#audit';
import { createDataSource } from '#storage';
import { NAME_RULE, ROLES, createToken, isTokenName, type Role } from '#tokens';
import { CommandError, EXIT } from './exit-codes.js';

/** Makes a token beside the database of this URL: the first one has nobody to ask. */
export async function makeToken(
  url: string,
  wanted: { name: string; role: string; expiresAt: Date },
): Promise<{ id: string; token: string }> {
  const role = roleOf(wanted.role);
  if (!isTokenName(wanted.name)) throw new CommandError(EXIT.usage, `${NAME_RULE}.`);
  const dataSource = createDataSource({ url, schema: 'orchestrator', entities: [], migrations: [] });
  await dataSource.initialize().catch(unreachable);
  try {
    const made = await createToken(dataSource.manager, { ...wanted, role }, new Date()).catch(unreachable);
    if (made.ok) return { id: made.id, token: made.text };
    const advice = 'Revoke it first, or choose another name.';
    throw new CommandError(EXIT.refused, `Another token bears the name ${wanted.name}. ${advice}`);
  } finally {
    await dataSource.destroy();
  }
}

/** Verifies the audit in the database of this URL, in one snapshot: others may write meanwhile. */
export async function verify(url: string): Promise<ChainCheck> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect().catch(unreachable);
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await verifyAudit(async (statement, parameters) => {
      const { rows } = await client.query<Record<string, unknown>>(statement, parameters);
      return rows;
    }).catch(unreachable);
  } finally {
    await client.end();
  }
}

function roleOf(text: string): Role {
  const found = ROLES.find((word) => word === text);
  if (!found) throw new CommandError(EXIT.usage, `The role must be one of ${ROLES.join(', ')}.`);
  return found;
}

function unreachable(error: unknown): never {
  const why = (error as NodeJS.ErrnoException).code ?? 'no answer';
  throw new CommandError(EXIT.unreachable, `The orchestrator's database can't be reached or read (${why}).`);
}
