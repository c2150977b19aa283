import type { Counters } from '#observability';
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

/**
 * Follows dnsmasq's query log. The file's stamps have seconds only, so a line is taken to be of the moment when it was
 * read, a fraction of a millisecond after it was written.
 */
export class QueryLogSensor {
  private readonly pairing = new QueryPairing();
  private readonly follower: GrowingFile;

  constructor(private readonly options: QueryLogOptions) {
    this.follower = new GrowingFile({
      file: options.file,
      position: options.position,
      onLines: (lines, inode) => this.read(lines, inode),
      onTooLong: () => this.refuse('too-long-line'),
      onMissing: (isMissing) => options.health.set(PROBLEMS.fileMissing, isMissing),
    });
  }

  get position(): FilePosition | null {
    return this.follower.position;
  }

  start(): void {
    this.follower.start();
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
