import { closeSync, fstatSync, openSync, readSync, statSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import { LineSplitter, type FoundLine } from '../line-splitter.js';
import { firstOctets, hashLines, partsSince, type Part } from './file-parts.client.js';
import { HEAD_LENGTH, beginsWith, headOf, type FollowedPosition, type Head } from './file-position.js';

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
    this.waiting = partsSince(this.options.file, this.last) ?? this.lost();
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
    this.options.onFile(hashLines(fd));
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
    this.waiting = partsSince(open.path, positionOf(open), open.inode) ?? [{ path: open.path, offset: 0 }];
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
    if (wasCurrent) this.waiting = partsSince(open.path, { ...this.last, offset: open.at })?.slice(1) ?? [];
  }

  private close(): void {
    if (!this.open) return;
    this.last = positionOf(this.open);
    closeSync(this.open.fd);
    this.open = undefined;
  }

  private lost(): Part[] {
    // An empty position had nothing yet.
    if (this.last.offset > 0) this.options.onLost();
    return [{ path: this.options.file, offset: 0 }];
  }
}

function positionOf({ inode, lines, head }: OpenFile): FollowedPosition {
  return { inode, offset: lines.position, head, absentSince: null };
}
