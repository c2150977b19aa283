import { closeSync, fstatSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HEAD_LENGTH, beginsWith, headOf, isOlderPart, type FollowedPosition } from './file-position.js';

/** Most of a file that is looked at to know it. */
const LOOKED_AT = 64 * 1024;

/** A file's time is that of the kernel's last tick. */
const FILE_CLOCK_MS = 50;

/** A file and where to read on in it. */
export interface Part {
  path: string;
  offset: number;
}

/**
 * What is to be read from a position on, in order; its first part is where the position's rest is. undefined: nowhere.
 * `cut`: the inode that holds the rest no longer.
 */
export function partsSince(file: string, position: FollowedPosition, cut?: string): Part[] | undefined {
  const log = { path: file, ...stateOf(file) };
  const { inode, offset, absentSince } = position;
  if (inode !== cut && log.inode === inode && isTheSame(log, position)) return [{ path: file, offset }];
  const parts = olderParts(file);
  const whole = (all: typeof parts): Part[] => [...all, { path: file }].map(({ path }) => ({ path, offset: 0 }));
  if (absentSince !== null) return whole(parts.filter(({ changedAt }) => changedAt >= absentSince - FILE_CLOCK_MS));
  const renamed = parts.findLastIndex((part) => part.inode === inode && isTheSame(part, position));
  const copied = parts.findLastIndex((part) => position.head !== null && isTheSame(part, position));
  const found = renamed >= 0 ? renamed : copied;
  if (found < 0) return undefined;
  return [{ path: parts[found]?.path ?? file, offset }, ...whole(parts.slice(found + 1))];
}

interface State {
  inode: string;
  size: number;
  changedAt: number;
}

/** The end of a log as it is now, behind its last whole line: what was there already is left alone. */
export function endOf(file: string): FollowedPosition {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return { inode: '', offset: 0, head: null, absentSince: Date.now() };
  }
  const { ino, size } = fstatSync(fd);
  const from = Math.max(0, size - LOOKED_AT);
  const octets = Buffer.alloc(size - from);
  const end = octets.subarray(0, readSync(fd, octets, 0, octets.length, from)).lastIndexOf(0x0a) + 1;
  const head = headOf(firstOctets(fd, HEAD_LENGTH));
  closeSync(fd);
  return { inode: String(ino), offset: from + end, head, absentSince: null };
}

function stateOf(path: string): State {
  const there = statSync(path, { throwIfNoEntry: false });
  return { inode: String(there?.ino ?? ''), size: there?.size ?? 0, changedAt: there?.mtimeMs ?? 0 };
}

/** Older parts of the log, oldest first. */
function olderParts(file: string): (State & { path: string })[] {
  let names: string[];
  try {
    names = readdirSync(dirname(file));
  } catch {
    return [];
  }
  return names
    .filter((name) => isOlderPart(basename(file), name))
    .map((name) => ({ path: join(dirname(file), name), ...stateOf(join(dirname(file), name)) }))
    .sort((a, b) => a.changedAt - b.changedAt);
}

function isTheSame({ path, size }: State & { path: string }, { offset, head }: FollowedPosition): boolean {
  if (size < offset) return false;
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return false;
  }
  const octets = firstOctets(fd, HEAD_LENGTH);
  closeSync(fd);
  return beginsWith(octets, head);
}

export function firstOctets(fd: number, most: number): Buffer {
  const octets = Buffer.alloc(Math.min(most, LOOKED_AT));
  return octets.subarray(0, readSync(fd, octets, 0, octets.length, 0));
}

/** The first lines of an open file that begin with `#`. */
export function hashLines(fd: number): string[] {
  const lines = firstOctets(fd, LOOKED_AT).toString('latin1').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines.slice(0, end < 0 ? lines.length - 1 : end);
}
