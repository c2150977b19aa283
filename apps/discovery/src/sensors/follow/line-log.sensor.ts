import { observationId } from '#events';
import type { Counters } from '#observability';
import type { FoundLine } from '../line-splitter.js';
import { PROBLEMS, type SensorHealth } from '../sensor-health.js';
import type { FollowedPosition } from './file-position.js';
import { FollowedFile } from './followed-file.client.js';
import type { LineReader, Told } from './line-fact.js';
import { LineListener, type ListenOptions } from './line-listener.client.js';
import { SettledPosition } from './settled-position.js';

export interface LineSource {
  file: string;
  position: FollowedPosition;
}

export interface LineLogOptions {
  sources: readonly LineSource[];
  listen: ListenOptions | null;
  /** A reader for a file, or for a connection: then null. */
  newReader: (file: string | null) => LineReader;
  health: SensorHealth;
  counters: Counters;
  mayRead: () => boolean;
  heard: (told: Told) => void;
  /** After so long everything that was read has been told. */
  settledMs: number;
}

/** A sensor that writes lines: into files that are followed, or over TCP. Every line is taken, or counted with its reason. */
export class LineLogSensor {
  private readonly files: { source: LineSource; follower: FollowedFile; settled: SettledPosition<FollowedPosition> }[];
  private readonly listener: LineListener | undefined;
  private readonly missing = new Set<string>();

  constructor(private readonly options: LineLogOptions) {
    this.files = options.sources.map((source) => ({
      source,
      follower: this.follow(source),
      settled: new SettledPosition(source.position, options.settledMs),
    }));
    if (options.listen) this.listener = this.listenTo(options.listen);
  }

  async start(): Promise<void> {
    await this.listener?.start();
    for (const { follower } of this.files) follower.start();
  }

  stop(): void {
    this.listener?.stop();
    for (const { follower } of this.files) follower.stop();
  }

  /** How far each file has been read and told. */
  settledPositions(now: number): LineSource[] {
    return this.files.flatMap(({ source, follower, settled }) => {
      const position = settled.at(now, follower.position);
      return position ? [{ file: source.file, position }] : [];
    });
  }

  private follow({ file, position }: LineSource): FollowedFile {
    const { newReader, mayRead, health } = this.options;
    const reader = newReader(file);
    return new FollowedFile({
      file,
      position,
      mayRead,
      onFile: (head) => reader.begin(head),
      onLines: (lines) => this.read(reader, file, lines),
      onBadLine: (reason) => this.refuse(reason),
      onMissing: (isMissing) => this.miss(file, isMissing),
      onLost: () => {
        health.lose(1, Date.now());
        this.options.counters.add('line-file.lost:rest-not-found');
      },
    });
  }

  private listenTo(listen: ListenOptions): LineListener {
    return new LineListener(listen, {
      mayRead: this.options.mayRead,
      connected: () => {
        const reader = this.options.newReader(null);
        return (lines) => this.read(reader, 'tcp', lines);
      },
      onBadLine: (reason) => this.refuse(reason),
    });
  }

  private read(reader: LineReader, source: string, lines: readonly FoundLine[]): void {
    const { health, counters, heard } = this.options;
    const receivedAt = Date.now();
    for (const { text, offset } of lines) {
      const result = reader.take(text);
      if (result.kind === 'refused') this.refuse(result.reason);
      else if (result.kind === 'left-out') counters.add(`${health.identity.kind}-line.left-out:${result.reason}`);
      else {
        const { fact } = result;
        health.record(fact.at, receivedAt, false);
        counters.add(`${health.identity.kind}-line.taken:${fact.kind}`);
        // No inode: a copy of the file has the same line at the same place. A connection has no places that come again.
        const place = source === 'tcp' ? [source] : [source, offset];
        heard({ fact, observationId: observationId(health.identity.id, ...place, text), receivedAt });
      }
    }
  }

  private miss(file: string, isMissing: boolean): void {
    if (isMissing) this.missing.add(file);
    else this.missing.delete(file);
    this.options.health.set(PROBLEMS.fileMissing, this.missing.size > 0);
  }

  private refuse(reason: string): void {
    this.options.health.refused(reason);
    this.options.counters.add(`${this.options.health.identity.kind}-line.refused:${reason}`);
  }
}
