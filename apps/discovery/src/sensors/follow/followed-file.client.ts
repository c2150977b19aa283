import { closeSync, fstatSync, openSync, readSync, readdirSync, statSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LineSplitter, type FoundLine } from '../line-splitter.js';
import { HEAD_LENGTH, beginsWith, headOf, isOlderPart, type FollowedPosition, type Head } from './file-position.js';

export interface FollowedFileOptions {
  file: string;
  /** Where reading stopped; `endOf` the first time. */
  position: FollowedPosition;
  /** False: what was told is not safe yet, and nothing more is read. */
  mayRead: () => boolean;
  /** Another file is open, whose first lines that begin with `#` are these. */
  onFile: (head: readonly string[]) => void;
  onLines: (lines: readonly FoundLine[]) => void;
  /** A line that was left out: too long, or its file ended within it. */
  onBadLine: (reason: 'too-long-line' | 'half-line') => void;
  onMissing: (isMissing: boolean) => void;
  /** The rest of a file that was rotated while we were away is not to be found. */
  onLost: () => void;
}

interface OpenFile {
  fd: number;
  path: string;
  inode: string;
  lines: LineSplitter;
  at: number;
  /** What it begins with, which is as it was as long as it only grows. */
  head: Head | null;
  /** Since when its name is another file's. */
  rotatedAt: number | null;
}

interface Part {
  path: string;
  offset: number;
}

export const MAX_LONG_LINE = 256 * 1024;
const CHUNK = 64 * 1024;
/** Most that is read at once, before others get their turn. */
const CHUNKS_AT_ONCE = 16;
const POLL_MS = 200;
/** A writer goes on writing to a renamed file until it has heard of it. */
export const LINGER_MS = 1000;

/**
 * Follows a log through growth, rotation and restarts of ours, and gives out each line at least once, in order.
 *
 *     renamed and made anew    the rest of the old file, then those rotated since, then the new one
 *     copied and cut           the rest out of the copy, then what is there now
 *     either, while away       the same: the old file is found by its inode, the copy by its first octets
 *
 * A copy that is compressed at once, or moved elsewhere, is not found: that is told as a loss.
 */
export class FollowedFile {
  private readonly buffer = Buffer.alloc(CHUNK);
  private open: OpenFile | undefined;
  private waiting: Part[] = [];
  private last: FollowedPosition;
  private watcher: FSWatcher | undefined;
  private poll: NodeJS.Timeout | undefined;
  private soon: NodeJS.Immediate | undefined;
  private isStopped = false;

  constructor(private readonly options: FollowedFileOptions) {
    this.last = options.position;
  }

  /** Up to where whole lines have been given out. */
  get position(): FollowedPosition {
    return this.open ? positionOf(this.open) : this.last;
  }

  start(): void {
    this.waiting = this.partsSince(this.last) ?? this.lost();
    this.poll = setInterval(() => this.pump(), POLL_MS);
    this.pump();
  }

  stop(): void {
    clearInterval(this.poll);
    clearImmediate(this.soon);
    this.isStopped = true;
    this.watcher?.close();
    this.watcher = undefined;
    this.close();
  }

  private pump(): void {
    this.watchFolder();
    let isMissing = false;
    for (let chunks = 0; this.options.mayRead();) {
      isMissing = !this.open && !this.openNext();
      if (isMissing) break;
      const { open } = this;
      if (!open || this.isCut(open)) continue;
      if (this.readChunk(open)) chunks += 1;
      else if (!this.isOver(open)) break;
      else this.finish(open);
      if (chunks < CHUNKS_AT_ONCE) continue;
      this.soon ??= setImmediate(() => {
        this.soon = undefined;
        if (!this.isStopped) this.pump();
      });
      break;
    }
    this.options.onMissing(isMissing);
  }

  private watchFolder(): void {
    if (this.watcher) return;
    const name = basename(this.options.file);
    try {
      this.watcher = watch(dirname(this.options.file), (_, changed) => {
        if (changed === null || changed === name) this.pump();
      });
      this.watcher.on('error', () => {
        this.watcher?.close();
        this.watcher = undefined;
      });
    } catch {
      // The folder is not there yet: the poll tries again.
    }
  }

  /** The next of the rotated parts, or else the log itself. False: there is none. */
  private openNext(): boolean {
    const part = this.waiting.shift() ?? { path: this.options.file, offset: 0 };
    return this.openFile(part) || this.waiting.length > 0;
  }

  private openFile({ path, offset }: Part): boolean {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch {
      return false;
    }
    const inode = String(fstatSync(fd).ino);
    const lines = new LineSplitter(offset, MAX_LONG_LINE);
    this.open = { fd, path, inode, lines, at: offset, head: headOf(firstOctets(fd, HEAD_LENGTH)), rotatedAt: null };
    this.options.onFile(hashLines(firstOctets(fd, CHUNK)));
    return true;
  }

  /** True if there was something to read. */
  private readChunk(open: OpenFile): boolean {
    const length = readSync(open.fd, this.buffer, 0, CHUNK, open.at);
    if (length === 0) return false;
    open.at += length;
    if ((open.head?.length ?? 0) < HEAD_LENGTH) open.head = headOf(firstOctets(open.fd, HEAD_LENGTH));
    const tooLong = open.lines.tooLong;
    const lines = open.lines.push(this.buffer.subarray(0, length));
    for (let count = open.lines.tooLong - tooLong; count > 0; count -= 1) this.options.onBadLine('too-long-line');
    if (lines.length > 0) this.options.onLines(lines);
    return true;
  }

  /** Cut to nothing by who copied it away, and perhaps filled again: the rest is in the copy. */
  private isCut(open: OpenFile): boolean {
    const { size } = fstatSync(open.fd);
    const isCut = size < open.at || (size > open.at && !beginsWith(firstOctets(open.fd, HEAD_LENGTH), open.head));
    if (!isCut) return false;
    this.waiting = this.partsSince(positionOf(open), open.inode) ?? [{ path: open.path, offset: 0 }];
    this.close();
    return true;
  }

  /** Read to its end, and nothing more comes: its name is another file's. */
  private isOver(open: OpenFile): boolean {
    if (open.path !== this.options.file) return Date.now() - fstatSync(open.fd).mtimeMs >= LINGER_MS;
    const there = statSync(open.path, { throwIfNoEntry: false });
    if (!there || String(there.ino) === open.inode) return false;
    open.rotatedAt ??= Date.now();
    return Date.now() - open.rotatedAt >= LINGER_MS;
  }

  private finish(open: OpenFile): void {
    const wasCurrent = open.path === this.options.file;
    if (open.at > open.lines.position) this.options.onBadLine('half-line');
    this.close();
    if (wasCurrent) this.waiting = this.partsSince({ ...this.last, offset: open.at })?.slice(1) ?? [];
  }

  private close(): void {
    if (!this.open) return;
    this.last = positionOf(this.open);
    closeSync(this.open.fd);
    this.open = undefined;
  }

  /**
   * What is to be read from a position on, in order; its first part is where the position's rest is. undefined: nowhere.
   * `cut`: the inode that holds the rest no longer.
   */
  private partsSince(position: FollowedPosition, cut?: string): Part[] | undefined {
    const { file } = this.options;
    const log = { path: file, ...stateOf(file) };
    const { inode, offset } = position;
    if (inode !== cut && log.inode === inode && isTheSame(log, position)) return [{ path: file, offset }];
    const parts = olderParts(file);
    const renamed = parts.findLastIndex((part) => part.inode === inode && isTheSame(part, position));
    const copied = parts.findLastIndex((part) => position.head !== null && isTheSame(part, position));
    const found = renamed >= 0 ? renamed : copied;
    if (found < 0) return undefined;
    const later = parts.slice(found + 1).map(({ path }) => ({ path, offset: 0 }));
    return [{ path: parts[found]?.path ?? file, offset }, ...later, { path: file, offset: 0 }];
  }

  private lost(): Part[] {
    // An empty position had nothing yet.
    if (this.last.offset > 0) this.options.onLost();
    return [{ path: this.options.file, offset: 0 }];
  }
}

interface State {
  inode: string;
  size: number;
  changedAt: number;
}

function positionOf({ inode, lines, head }: OpenFile): FollowedPosition {
  return { inode, offset: lines.position, head };
}

/** The end of a log as it is now, behind its last whole line: what was there already is left alone. */
export function endOf(file: string): FollowedPosition {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return { inode: '', offset: 0, head: null };
  }
  const { ino, size } = fstatSync(fd);
  const from = Math.max(0, size - CHUNK);
  const octets = Buffer.alloc(size - from);
  const end = octets.subarray(0, readSync(fd, octets, 0, octets.length, from)).lastIndexOf(0x0a) + 1;
  const position = { inode: String(ino), offset: from + end, head: headOf(firstOctets(fd, HEAD_LENGTH)) };
  closeSync(fd);
  return position;
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

function firstOctets(fd: number, most: number): Buffer {
  const octets = Buffer.alloc(Math.min(most, CHUNK));
  return octets.subarray(0, readSync(fd, octets, 0, octets.length, 0));
}

function hashLines(octets: Buffer): string[] {
  const lines = octets.toString('latin1').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines.slice(0, end < 0 ? lines.length - 1 : end);
}
