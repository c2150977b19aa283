import { sizeOf, type OutgoingRecord } from './encode.js';

/** The records of one `publish`: acknowledged together or not at all. */
export interface Entry {
  records: readonly OutgoingRecord[];
  bytes: number;
  signal: AbortSignal | undefined;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * What waits for the broker, first in first out, bounded in bytes. What was handed out counts until it is done, so that
 * the bound is one of memory.
 */
export class BatchQueue {
  private readonly waiting: Entry[] = [];
  private bytes = 0;

  constructor(
    private readonly maxQueuedBytes: number,
    private readonly maxBatchBytes: number,
  ) {}

  get queuedBytes(): number {
    return this.bytes;
  }

  /** Bytes that may still be put. */
  get room(): number {
    return this.maxQueuedBytes - this.bytes;
  }

  /** Whether there is room is for the caller to ask first, for all that it has. */
  put(entry: Entry): void {
    this.bytes += entry.bytes;
    this.waiting.push(entry);
  }

  /**
   * The next batch, in order. The broker's limit is one of a partition's batch, and all records of a batch may belong
   * to one partition, so the bound is on the whole.
   */
  take(): Entry[] {
    const batch: Entry[] = [];
    let bytes = 0;
    while (this.waiting[0] && (batch.length === 0 || bytes + this.waiting[0].bytes <= this.maxBatchBytes)) {
      const entry = this.waiting.shift() as Entry;
      batch.push(entry);
      bytes += entry.bytes;
    }
    return batch;
  }

  /** These are sent or refused: their room is free. */
  done(entries: readonly Entry[]): void {
    for (const entry of entries) this.bytes -= entry.bytes;
  }

  /** Takes an entry back that was not yet handed out. */
  withdraw(entry: Entry): boolean {
    const at = this.waiting.indexOf(entry);
    if (at === -1) return false;
    this.waiting.splice(at, 1);
    this.bytes -= entry.bytes;
    return true;
  }

  isEmpty(): boolean {
    return this.waiting.length === 0;
  }
}

/** Splits records, in order, into groups that fit into a batch each; one that is larger stands alone. */
export function inBatches(records: readonly OutgoingRecord[], maxBytes: number): OutgoingRecord[][] {
  const batches: OutgoingRecord[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    const size = sizeOf(record);
    if (bytes + size > maxBytes) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(record);
    bytes += size;
  }
  return batches;
}
