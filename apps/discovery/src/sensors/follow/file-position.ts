import { createHash } from 'node:crypto';

/** How far a followed file has been read: whole lines up to `offset` were given out. */
export interface FollowedPosition {
  /** Of the file that is read: its name moves on when logs are rotated. */
  inode: string;
  offset: number;
  /** Of the file's first octets: a file that was copied away has them too, one that was cut and filled again has not. */
  head: Head | null;
  /** Set where there was no file: since when. Whatever was written later is to be read. Milliseconds since 1970. */
  absentSince: number | null;
}

/** What a file begins with. */
export interface Head {
  length: number;
  digest: string;
}

/** Zeek's header has the time of its opening, and a line of JSON its own, well within so many octets. */
export const HEAD_LENGTH = 512;

export function headOf(octets: Uint8Array): Head | null {
  const length = Math.min(octets.length, HEAD_LENGTH);
  if (length === 0) return null;
  return { length, digest: createHash('sha256').update(octets.subarray(0, length)).digest('base64') };
}

/** `octets`: what the other file begins with, at least as long as the head if it is long enough. */
export function beginsWith(octets: Uint8Array, head: Head | null): boolean {
  if (head === null) return true;
  return octets.length >= head.length && headOf(octets.subarray(0, head.length))?.digest === head.digest;
}

/**
 * Whether a file beside the log is an older part of it, as its name says:
 *
 *     part = log ("." | "-") digit rest                 logrotate: eve.json.1, eve.json-20260105
 *          | stem ("." | "-") digit rest extension      Zeek: conn.2026-01-05-03-00-00.log, conn-26-01-05_03.00.00.log
 *
 * A compressed one can't be read on from an offset and is left out.
 */
export function isOlderPart(log: string, name: string): boolean {
  if (name === log || /\.(gz|bz2|xz|zst|lz4)$/.test(name)) return false;
  if (isDated(name, log)) return true;
  const dot = log.lastIndexOf('.');
  if (dot <= 0) return false;
  const extension = log.slice(dot);
  return name.endsWith(extension) && isDated(name.slice(0, -extension.length), log.slice(0, dot));
}

function isDated(name: string, stem: string): boolean {
  return name.startsWith(stem) && /^[.-]\d/.test(name.slice(stem.length));
}
