import { createHash } from 'node:crypto';
import { v7 } from 'uuid';

/** A new id: UUIDv7 text (RFC 9562), made in the service, never by the database. */
export function newId(): string {
  return v7();
}

/**
 * The id of an observation, from its source's natural position (exporter, domain, boot time, sequence and record; or
 * file, inode and offset): the same record read twice has the same id. First 16 bytes of SHA-256, hex.
 */
export function observationId(...position: (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(position)).digest('hex').slice(0, 32);
}

/** The id of a piece of evidence: a replay of its observation makes no second one. */
export function evidenceId(detector: string, observation: string): string {
  return `${detector}-${observation}`;
}
