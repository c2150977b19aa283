import { closeSync, fstatSync, openSync, readSync, statSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import { LineSplitter, type FoundLine } from './line-splitter.js';

/** How far a file has been read. A file is known by its inode: its name moves on when logs are rotated. */
export interface FilePosition {
  inode: string;
  offset: number;
}

export interface GrowingFileOptions {
  file: string;
  /** Where reading stopped; null the first time: then only what comes from now on is read. */
  position: FilePosition | null;
  onLines: (lines: readonly FoundLine[], inode: string) => void;
  onTooLong: () => void;
  onMissing: (isMissing: boolean) => void;
}

const CHUNK = 64 * 1024;
/** Growth is noticed by inotify; the poll is for file systems without it and for what it missed. */
const POLL_MS = 200;

/**
 * Follows a log file through growth, rotation (renamed and made anew, or copied and cut) and restarts of ours. What is
 * left of a renamed file is read before the new one.
 */
export class GrowingFile {
  private readonly buffer = Buffer.alloc(CHUNK);
  private open: { fd: number; inode: string; lines: LineSplitter; at: number } | undefined;
  private resumeAt: FilePosition | null;
  private isFirst: boolean;
  private watcher: FSWatcher | undefined;
  private poll: NodeJS.Timeout | undefined;

  constructor(private readonly options: GrowingFileOptions) {
    this.resumeAt = options.position;
    this.isFirst = options.position === null;
  }

  /** Up to where whole lines have been given out; null before the file is there. */
  get position(): FilePosition | null {
    return this.open ? { inode: this.open.inode, offset: this.open.lines.position } : this.resumeAt;
  }

  start(): void {
    this.pump();
    // A file that appears from now on is new, and read from its beginning.
    this.isFirst = false;
    this.poll = setInterval(() => this.pump(), POLL_MS);
  }

  stop(): void {
    clearInterval(this.poll);
    this.watcher?.close();
    this.watcher = undefined;
    if (this.open) closeSync(this.open.fd);
    this.open = undefined;
  }

  private pump(): void {
    this.watchFolder();
    if (!this.open) this.openFile();
    while (this.open) {
      this.readAll(this.open);
      if (!this.isRotated(this.open)) break;
      closeSync(this.open.fd);
      this.open = undefined;
      this.openFile();
    }
    this.options.onMissing(!this.open);
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

  private openFile(): void {
    let fd: number;
    try {
      fd = openSync(this.options.file, 'r');
    } catch {
      return;
    }
    const { ino, size } = fstatSync(fd);
    const inode = String(ino);
    const resumed = this.resumeAt?.inode === inode && this.resumeAt.offset <= size ? this.resumeAt.offset : undefined;
    const at = resumed ?? (this.isFirst ? size : 0);
    this.resumeAt = null;
    this.open = { fd, inode, lines: new LineSplitter(at), at };
  }

  private readAll(open: NonNullable<typeof this.open>): void {
    if (fstatSync(open.fd).size < open.at) {
      // Cut to nothing by who copied it away: what is there now is new.
      open.at = 0;
      open.lines = new LineSplitter(0);
    }
    for (;;) {
      const length = readSync(open.fd, this.buffer, 0, CHUNK, open.at);
      if (length === 0) return;
      open.at += length;
      const tooLong = open.lines.tooLong;
      const lines = open.lines.push(this.buffer.subarray(0, length));
      for (let count = open.lines.tooLong - tooLong; count > 0; count -= 1) this.options.onTooLong();
      if (lines.length > 0) this.options.onLines(lines, open.inode);
    }
  }

  private isRotated(open: NonNullable<typeof this.open>): boolean {
    const there = statSync(this.options.file, { throwIfNoEntry: false });
    return there !== undefined && String(there.ino) !== open.inode;
  }
}
