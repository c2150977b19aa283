import type { EntityManager } from 'typeorm';
import { ChainVerifier, GENESIS, type AuditEntry, type ChainCheck } from '#audit';

const BATCH = 1000;

/**
 * Checks the whole chain and names the first entry that is wrong. A missing end is seen too: the head row, and the
 * quarantine events that carry the `seq` of their entry, say how far the chain went.
 */
export async function verifyAudit(manager: EntityManager): Promise<ChainCheck> {
  const verifier = new ChainVerifier();
  for (let after = 0; ;) {
    const rows: (Omit<AuditEntry, 'seq'> & { seq: string })[] = await manager.query(
      'SELECT seq, at, actor, action, subject, body, prev, hash FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2',
      [after, BATCH],
    );
    for (const row of rows) verifier.take({ ...row, seq: Number(row.seq) });
    if (rows.length < BATCH) break;
    after = Number(rows.at(-1)?.seq);
  }
  const check = verifier.result();
  if (!check.ok) return check;
  const written = await writtenEnd(manager);
  if (written.seq > check.entries) return { ok: false, seq: check.entries + 1, reason: 'missing' };
  if (written.seq < check.entries || written.hash !== check.head) {
    return { ok: false, seq: written.seq, reason: 'broken-link' };
  }
  return check;
}

async function writtenEnd(manager: EntityManager): Promise<{ seq: number; hash: string }> {
  const rows: { seq: string; hash: string }[] = await manager.query(
    `SELECT greatest(h.seq, (SELECT max(seq) FROM quarantine_events)) AS seq, h.hash FROM audit_head h WHERE id = 1`,
  );
  return { seq: Number(rows[0]?.seq ?? 0), hash: rows[0]?.hash || GENESIS };
}
