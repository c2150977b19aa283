import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DriverError } from '#driver';
import type { Logger } from '#observability';
import type { PolicyFile } from './policy-file.store.js';
import { macOf } from '../mac.js';
import { decodeSnapshot, encodeSnapshot, type Snapshot } from './wire/snapshot.js';

/** Refusals of the file system that only a person ends. */
const REFUSALS = ['EACCES', 'EPERM', 'EROFS'];
const NOBODY: ReadonlySet<string> = new Set();

/**
 * What is assigned, and what people keep for themselves: in memory what the files say, read again when they have
 * changed. Nothing is in memory that is not on the disk. Keeps no timer, and asks no database.
 */
export class AssignmentsStore {
  private snapshot: Snapshot | null = null;
  private version: string | null | undefined;
  private listed = NOBODY;
  private handsVersion: string | null | undefined;
  private writing: Promise<void> | null = null;
  private written: string | null = null;
  /** Why the snapshot can't be used; null: it can. */
  private damage: string | null = null;

  constructor(
    private readonly file: PolicyFile,
    private readonly handsFile: PolicyFile,
    private readonly timeoutMs: number,
    private readonly logger?: Logger,
  ) {}

  /** The last whole snapshot, for answers; null: none is known. `trusted`: it is also what the disk says now. */
  latest(): { snapshot: Snapshot | null; trusted: boolean } {
    try {
      return { snapshot: this.fresh(), trusted: true };
    } catch {
      return { snapshot: this.snapshot, trusted: false };
    }
  }

  /** The snapshot as the disk has it. `unreachable`, or `misconfigured` where it is damaged. */
  fresh(): Snapshot {
    const version = this.looked(this.file, () => this.file.version());
    if (this.version === undefined || version !== this.version) this.load(version);
    if (this.damage !== null) throw new DriverError('misconfigured', this.damage);
    return this.snapshot ?? this.load(version);
  }

  /** The devices that people keep for themselves. Where the list can't be read, the last one that could holds. */
  hands(): ReadonlySet<string> {
    try {
      const version = this.handsFile.version();
      if (version === this.handsVersion) return this.listed;
      this.listed = version === null ? NOBODY : new Set(this.handsFile.read().split('\n').flatMap(macsOf));
      this.handsVersion = version;
    } catch (error) {
      this.logger?.error({ file: this.handsFile.path, code: codeOf(error) }, 'the list of hands can not be read');
    }
    return this.listed;
  }

  /**
   * Writes, and reads back what is there then. `refused` and `unreachable`: nothing is written; `no-answer`: nobody
   * knows; `bad-answer`: it was said to be written, and is not there.
   */
  async replace(next: Snapshot): Promise<void> {
    if (this.writing) throw new DriverError('unreachable', `an earlier write to ${this.file.path} has not ended yet`);
    const text = encodeSnapshot(next);
    const writing = this.file.replace(text).finally(() => (this.writing = null));
    this.writing = writing;
    const slow = sleep(this.timeoutMs, 'slow' as const, { ref: false });
    const ended = await Promise.race([
      writing.then(
        () => 'written' as const,
        (error: unknown) => this.failed(error),
      ),
      slow,
    ]);
    if (ended === 'slow') {
      throw new DriverError(
        'no-answer',
        `${this.file.path} was not written within ${this.timeoutMs} ms: is its disk well?`,
      );
    }
    this.readBack(next, text);
  }

  /** Nobody has changed the snapshot since our own last write. */
  isAsWeLeftIt(): boolean {
    try {
      return this.written !== null && this.file.version() === this.written;
    } catch {
      return false;
    }
  }

  /** What is on the disk now is what was written, to the letter: then it is what is known. */
  private readBack(next: Snapshot, text: string): void {
    const version = this.looked(this.file, () => this.file.version());
    if (this.looked(this.file, () => this.file.read()) !== text) {
      throw new DriverError('bad-answer', `${this.file.path} was written and has something else in it`);
    }
    this.snapshot = next;
    this.version = version;
    this.written = version;
    this.damage = null;
  }

  private load(version: string | null): Snapshot {
    this.version = version;
    this.damage = null;
    if (version === null) return (this.snapshot = { born: randomUUID(), fence: 0, assignments: new Map() });
    const snapshot = decodeSnapshot(this.looked(this.file, () => this.file.read()));
    if (snapshot) return (this.snapshot = snapshot);
    this.damage =
      `${this.file.path} is damaged, and nothing of it is used: put back a whole copy, or move it away and let each ` +
      'isolation be applied again';
    this.logger?.error({ file: this.file.path }, 'the snapshot of assigned policies is damaged');
    throw new DriverError('misconfigured', this.damage);
  }

  private looked<T>(file: PolicyFile, look: () => T): T {
    try {
      return look();
    } catch (error) {
      if (error instanceof DriverError) throw error;
      throw new DriverError('unreachable', `can't read ${file.path}: ${codeOf(error)}`);
    }
  }

  private failed(error: unknown): never {
    if (error instanceof DriverError) throw error;
    const code = codeOf(error);
    const isRefusal = REFUSALS.includes(code);
    throw new DriverError(isRefusal ? 'refused' : 'unreachable', `can't write ${this.file.path}: ${code}`);
  }
}

function macsOf(line: string): string[] {
  const mac = macOf(line.replace(/#.*/, ''));
  return mac === null ? [] : [mac];
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
