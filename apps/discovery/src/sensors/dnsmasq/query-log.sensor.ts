import type { Counters } from '#observability';
import { WAIT_MS } from '../../observations/look-ups.js';
import { GrowingFile, type FilePosition } from '../growing-file.client.js';
import type { FoundLine } from '../line-splitter.js';
import { PROBLEMS, type SensorHealth } from '../sensor-health.js';
import { parseQueryLine, stampOf } from './query-line.js';
import { QueryPairing, type PairingEvent } from './query-pairing.js';

export interface QueryLogOptions {
  file: string;
  position: FilePosition | null;
  health: SensorHealth;
  counters: Counters;
  heard: (event: PairingEvent) => void;
}

/** A line read so long after its stamp was there before we looked: then the stamp, though in whole seconds, is nearer. */
const BACKLOG_MS = 2000;
const NO_FILE: FilePosition = { inode: '', offset: 0 };
/** Longer than a look-up waits before it is told as it is. */
const SETTLED_MS = WAIT_MS + 500;

/**
 * Follows dnsmasq's query log. The file's stamps have seconds only, so a line is taken to be of the moment when it was
 * read, a fraction of a millisecond after it was written.
 */
export class QueryLogSensor {
  private readonly pairing = new QueryPairing();
  private readonly follower: GrowingFile;
  private marks: { at: number; position: FilePosition }[] = [];

  constructor(private readonly options: QueryLogOptions) {
    this.follower = new GrowingFile({
      file: options.file,
      position: options.position,
      onLines: (lines, inode) => this.read(lines, inode),
      onTooLong: () => this.refuse('too-long-line'),
      onMissing: (isMissing) => options.health.set(PROBLEMS.fileMissing, isMissing),
    });
  }

  /**
   * Up to where every look-up has been told: one that waits still for its record is read again after a restart. Told
   * twice it has the same id. Null before `start`.
   */
  settledPosition(now: number): FilePosition | null {
    const { position } = this.follower;
    if (position) this.marks.push({ at: now, position });
    const settled = this.marks.findLast(({ at }) => at <= now - SETTLED_MS);
    if (settled) this.marks = this.marks.filter(({ at }) => at >= settled.at);
    return settled?.position ?? null;
  }

  start(): void {
    this.follower.start();
    // The first time, what was there already is left alone; if there was nothing, whatever comes is new.
    const begin = this.options.position ?? this.follower.position ?? NO_FILE;
    this.marks = [{ at: Number.NEGATIVE_INFINITY, position: begin }];
  }

  stop(): void {
    this.follower.stop();
  }

  private read(lines: readonly FoundLine[], inode: string): void {
    const receivedAt = Date.now();
    for (const { text, offset } of lines) {
      const line = parseQueryLine(text);
      if (line.kind === 'refused') {
        this.refuse(line.reason);
        continue;
      }
      const stamp = stampOf(text, receivedAt);
      const at = stamp !== null && stamp < receivedAt - BACKLOG_MS ? stamp : receivedAt;
      this.options.health.record(at, receivedAt, false);
      // The text is part of the position: a file that is cut and filled again has the same inode and offsets.
      const event = this.pairing.take(line, [this.options.health.identity.id, inode, offset, text], at, receivedAt);
      if (event) this.options.heard(event);
    }
  }

  private refuse(reason: string): void {
    this.options.health.refused(reason);
    this.options.counters.add(`query-line.refused:${reason}`);
  }
}
