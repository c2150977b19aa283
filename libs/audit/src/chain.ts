import { createHash } from 'node:crypto';

/** What an audit entry says: who did what to which subject, when, and the facts as RFC 8785 JSON text. */
export interface AuditFacts {
  at: Date;
  actor: string;
  action: string;
  subject: string;
  body: string;
}

/** An entry as it is kept: chained to the one before by `hash = SHA-256(prev ‖ entry)`, hex. */
export interface AuditEntry extends AuditFacts {
  seq: number;
  prev: string;
  hash: string;
}

/** What the first entry is chained to. */
export const GENESIS = '0'.repeat(64);

/** The hash of the entry that follows `prev`. Every field is under it, each with its length, so none can be moved. */
export function entryHash(prev: string, seq: number, facts: AuditFacts): string {
  const sum = createHash('sha256').update(Buffer.from(prev, 'hex'));
  for (const field of [String(seq), facts.at.toISOString(), facts.actor, facts.action, facts.subject, facts.body]) {
    const bytes = Buffer.from(field, 'utf8');
    sum.update(`${bytes.length}:`).update(bytes);
  }
  return sum.digest('hex');
}

export type ChainCheck =
  | { ok: true; entries: number; head: string }
  | { ok: false; seq: number; reason: 'missing' | 'changed' | 'broken-link' };

/** Verifies entries that come in order of `seq`, from the first one. Reports the first entry that is wrong. */
export class ChainVerifier {
  private seq = 0;
  private prev = GENESIS;
  private failure: Extract<ChainCheck, { ok: false }> | undefined;

  take(entry: AuditEntry): void {
    if (this.failure) return;
    const expected = this.seq + 1;
    if (entry.seq !== expected) this.failure = { ok: false, seq: expected, reason: 'missing' };
    else if (entry.prev !== this.prev) this.failure = { ok: false, seq: entry.seq, reason: 'broken-link' };
    else if (entry.hash !== entryHash(entry.prev, entry.seq, entry))
      this.failure = { ok: false, seq: entry.seq, reason: 'changed' };
    this.seq = entry.seq;
    this.prev = entry.hash;
  }

  result(): ChainCheck {
    return this.failure ?? { ok: true, entries: this.seq, head: this.prev };
  }
}
