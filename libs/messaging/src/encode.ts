import type { LazaretEvent } from '#events';
import { MessagingError } from './errors.js';

/** A record on its way to the broker. */
export interface OutgoingRecord {
  topic: string;
  key: string;
  value: Buffer;
}

/**
 * Largest record that is sent, key and value, in bytes. The broker's limit of 1 MiB counts the whole batch of a
 * partition with its overhead.
 */
export const MAX_RECORD_BYTES = 900_000;

/** Bytes of a record in the queue and, near enough, on the wire. */
export function sizeOf(record: OutgoingRecord): number {
  return record.value.length + Buffer.byteLength(record.key) + 64;
}

/** A structured CloudEvent as a record; its key is the event's `partitionkey`. Throws `event-too-large`. */
export function encode(event: LazaretEvent, topic: string): OutgoingRecord {
  const record = { topic, key: event.partitionkey, value: Buffer.from(JSON.stringify(event)) };
  if (sizeOf(record) > MAX_RECORD_BYTES) {
    throw new MessagingError('event-too-large', `${event.type} has ${record.value.length} bytes`);
  }
  return record;
}
