import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { checkedSchema, roleOf } from './options.js';

/** Roles belong to the whole cluster, our lock only to one database: two migrations may collide here, so try again. */
const COLLISIONS = new Set(['42710', '23505', 'XX000']);

/**
 * Makes the schema and the service's role, and lets the role use every table and sequence that migrations make from
 * now on. Rights come from default privileges only, before the migrations run: so a migration may take some away (the
 * audit table takes INSERT and SELECT only) and a later run does not hand them back.
 */
export async function prepareSchema(owner: Client, schema: string, password: string): Promise<void> {
  const role = escapeIdentifier(roleOf(schema));
  const name = escapeIdentifier(checkedSchema(schema));
  await giveRole(owner, roleOf(schema), password);
  await owner.query(`CREATE SCHEMA IF NOT EXISTS ${name}`);
  await owner.query(`GRANT USAGE ON SCHEMA ${name} TO ${role}`);
  const granted = `ALTER DEFAULT PRIVILEGES IN SCHEMA ${name} GRANT`;
  await owner.query(`${granted} SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${role}`);
  await owner.query(`${granted} USAGE, SELECT ON SEQUENCES TO ${role}`);
}

/** The list of migrations is the owner's: a service only reads it. */
export async function protectMigrations(owner: Client, schema: string): Promise<void> {
  const table = `${escapeIdentifier(checkedSchema(schema))}.migrations`;
  const found = await owner.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [table]);
  if (!found.rows[0]?.found) return;
  await owner.query(`REVOKE INSERT, UPDATE, DELETE ON ${table} FROM ${escapeIdentifier(roleOf(schema))}`);
}

async function giveRole(owner: Client, role: string, password: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const found = await owner.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
      const verb = found.rowCount === 0 ? 'CREATE' : 'ALTER';
      await owner.query(`${verb} ROLE ${escapeIdentifier(role)} LOGIN PASSWORD ${escapeLiteral(password)}`);
      return;
    } catch (error) {
      const code = (error as { code?: string }).code ?? '';
      if (attempt >= 10 || !COLLISIONS.has(code)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
}
