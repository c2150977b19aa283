import type { EntityManager } from 'typeorm';
import { newId } from '#events';
import type { Actor } from '../commands.js';

/** What approvals of a quarantine are bound to. */
export interface Binding {
  quarantineId: string;
  planDigest: string;
  policyVersion: string;
}

export interface ApprovalRow {
  person: string;
  role: string;
  reason: string;
  at: Date;
}

/** The approvals that count: of this plan under this policy. */
export async function readApprovals(manager: EntityManager, binding: Binding): Promise<ApprovalRow[]> {
  return manager.query(
    `SELECT person, role, reason, at FROM approvals
     WHERE quarantine_id = $1 AND plan_digest = $2 AND policy_version = $3 AND spent_at IS NULL ORDER BY at, person`,
    [binding.quarantineId, binding.planDigest, binding.policyVersion],
  );
}

/** Counts an approval. A unique index lets a person count once. */
export async function addApproval(
  manager: EntityManager,
  binding: Binding,
  { name, role }: Actor,
  reason: string,
  at: Date,
): Promise<void> {
  await manager.query(
    `INSERT INTO approvals (id, quarantine_id, plan_digest, policy_version, person, role, reason, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [newId(), binding.quarantineId, binding.planDigest, binding.policyVersion, name, role, reason, at],
  );
}

/** The plan changed: what was approved is not what would be done, so nobody's approval counts any more. */
export async function spendApprovals(manager: EntityManager, quarantineId: string, at: Date): Promise<void> {
  await manager.query('UPDATE approvals SET spent_at = $2 WHERE quarantine_id = $1 AND spent_at IS NULL', [
    quarantineId,
    at,
  ]);
}
