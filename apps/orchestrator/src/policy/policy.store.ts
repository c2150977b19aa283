import { readFileSync } from 'node:fs';
import type { DataSource, EntityManager } from 'typeorm';
import { ConfigError } from '#config';
import { inTransaction } from '#storage';
import { appendAudit, lockWriter } from '../audit/audit.store.js';
import { ORCHESTRATOR } from '../commands.js';
import type { PolicyView } from '../queries.js';
import { parsePolicy } from './parse-policy.js';
import { freshInstall, policyText, policyVersion, type PolicyInForce } from './policy.js';

/** The policy of a file, or without a file the one of a fresh install. Throws a ConfigError that names every mistake. */
export function readPolicy(file: string | null): PolicyInForce {
  if (file === null) return { policy: freshInstall, version: policyVersion(freshInstall) };
  const parsed = parsePolicy(readText(file));
  if (!parsed.ok) throw new ConfigError(file, parsed.problems);
  return { policy: parsed.policy, version: policyVersion(parsed.policy) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new ConfigError(file, [{ path: 'policyFile', message: `can't be read (${code})` }]);
  }
}

/** Keeps the policy in force, and writes down when it is another than the last. */
export async function keepPolicy(dataSource: DataSource, { policy, version }: PolicyInForce, now: Date): Promise<void> {
  await inTransaction(dataSource, async (manager) => {
    await lockWriter(manager);
    const [last]: { version: string }[] = await manager.query(
      'SELECT version FROM policies ORDER BY loaded_at DESC, version LIMIT 1',
    );
    if (last?.version === version) return;
    await manager.query(
      `INSERT INTO policies (version, body, loaded_at) VALUES ($1, $2, $3)
       ON CONFLICT (version) DO UPDATE SET loaded_at = EXCLUDED.loaded_at`,
      [version, policyText(policy), now],
    );
    const facts = { version, before: last?.version ?? null, rules: policy.rules.map(({ name }) => name) };
    await appendAudit(manager, { actor: ORCHESTRATOR, action: 'policy.loaded', subject: 'policy', facts, at: now });
  });
}

export async function readPolicyView(manager: EntityManager, version: string): Promise<PolicyView> {
  const [row]: { version: string; body: string; loaded_at: Date }[] = await manager.query(
    'SELECT version, body, loaded_at FROM policies WHERE version = $1',
    [version],
  );
  if (!row) throw new TypeError('the policy in force was not kept');
  return { version: row.version, body: row.body, loadedAt: row.loaded_at.toISOString() };
}
