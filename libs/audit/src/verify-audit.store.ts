import { ChainVerifier, GENESIS, type AuditEntry, type ChainCheck } from './chain.js';

const BATCH = 1000;

/** Runs one statement on the orchestrator's database, as its role or as one that may read its schema. */
export type Query = (statement: string, parameters: unknown[]) => Promise<Record<string, unknown>[]>;

/**
 * Checks the whole chain and names the first entry that is wrong. A cut-off end is seen too: the head row, and the
 * quarantine events that carry the `seq` of their entry, say how far the chain went. Whoever writes meanwhile must not
 * be seen in part: ask in one snapshot (repeatable read).
 */
export async function verifyAudit(query: Query): Promise<ChainCheck> {
  const verifier = new ChainVerifier();
  for (let after = 0; ;) {
    const rows = await query(
      `SELECT seq, at, actor, action, subject, body, prev, hash FROM orchestrator.audit
       WHERE seq > $1 ORDER BY seq LIMIT $2`,
      [after, BATCH],
    );
    for (const row of rows) verifier.take({ ...(row as unknown as AuditEntry), seq: Number(row['seq']) });
    if (rows.length < BATCH) break;
    after = Number(rows.at(-1)?.['seq']);
  }
  const check = verifier.result();
  return check.ok ? againstEnd(check, await writtenEnd(query)) : check;
}

function againstEnd(check: Extract<ChainCheck, { ok: true }>, end: { seq: number; hash: string }): ChainCheck {
  if (end.seq > check.entries) return { ok: false, seq: check.entries + 1, reason: 'missing' };
  if (end.seq < check.entries || end.hash !== check.head) return { ok: false, seq: end.seq, reason: 'broken-link' };
  return check;
}

async function writtenEnd(query: Query): Promise<{ seq: number; hash: string }> {
  const [row] = await query(
    `SELECT greatest(h.seq, (SELECT max(seq) FROM orchestrator.quarantine_events)) AS seq, h.hash
     FROM orchestrator.audit_head h WHERE id = 1`,
    [],
  );
  return { seq: Number(row?.['seq'] ?? 0), hash: (row?.['hash'] as string | undefined) || GENESIS };
}
