import type { EntityManager } from 'typeorm';
import { GENESIS, entryHash } from '#audit';
import { canonicalText } from '../canonical-json.js';
import type { Actor } from '../commands.js';
import type { AuditEntry } from '../queries.js';

/** Who did what to which subject, and the facts that matter; they are kept as RFC 8785 JSON with the actor's role. */
export interface Deed {
  actor: Actor;
  action: string;
  subject: string;
  facts: Record<string, unknown>;
  at: Date;
}

const WRITER_LOCK = 'lazaret.orchestrator.writer';

/**
 * Takes the one writer lock of decisions and audit; it is held until the transaction ends. Whoever decides takes it
 * before any row of a quarantine, so that decisions come one after the other, the chain has one order, `seq` is the
 * order of commit, and two transactions never wait for each other in a circle.
 */
export async function lockWriter(manager: EntityManager): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [WRITER_LOCK]);
}

/** As `lockWriter`, but false at once where another writes now. For timers, whose work the other may be doing. */
export async function tryLockWriter(manager: EntityManager): Promise<boolean> {
  const rows: { locked: boolean }[] = await manager.query(
    'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS locked',
    [WRITER_LOCK],
  );
  return rows[0]?.locked ?? false;
}

/** Adds an entry to the chain, in the caller's transaction and under the writer lock. Returns its `seq`. */
export async function appendAudit(manager: EntityManager, deed: Deed): Promise<number> {
  const body = canonicalText({ role: deed.actor.role, ...deed.facts });
  const rows: { seq: string; hash: string }[] = await manager.query(
    'SELECT seq, hash FROM audit_head WHERE id = 1 FOR UPDATE',
  );
  const head = rows[0];
  if (!head) throw new TypeError('audit_head has lost its row');
  const seq = Number(head.seq) + 1;
  const prev = head.hash || GENESIS;
  const facts = { at: deed.at, actor: deed.actor.name, action: deed.action, subject: deed.subject, body };
  const hash = entryHash(prev, seq, facts);
  await manager.query(
    `WITH entry AS (
       INSERT INTO audit (seq, at, actor, action, subject, body, prev, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8))
     UPDATE audit_head SET seq = $1, hash = $8 WHERE id = 1`,
    [seq, facts.at, facts.actor, facts.action, facts.subject, body, prev, hash],
  );
  return seq;
}

/** Entries after `seq`, oldest first. */
export async function readAudit(manager: EntityManager, afterSeq: number, limit: number): Promise<AuditEntry[]> {
  const rows: (Omit<AuditEntry, 'at' | 'seq'> & { at: Date; seq: string })[] = await manager.query(
    'SELECT seq, at, actor, action, subject, body, prev, hash FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2',
    [afterSeq, limit],
  );
  return rows.map((row) => ({ ...row, seq: Number(row.seq), at: row.at.toISOString() }));
}
