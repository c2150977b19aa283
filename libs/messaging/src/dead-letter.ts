import { createHash } from 'node:crypto';
import { makeEvent, type DeadLetterKept } from '#events';
import type { RawRecord } from './decode.js';

/** Where a record was read, and by whom. */
export interface RecordPlace {
  topic: string;
  partition: number;
  /** The consumer group: which of several readers could not read it. */
  consumer: string;
}

export interface Rejection {
  code: string;
  reason: string;
  attempts: number;
}

/** A dead letter must fit into a record itself, in base64, with its headers. In bytes of the original. */
const KEPT_VALUE_BYTES = 400_000;
const KEPT_HEADER_BYTES = 4_096;
const KEPT_HEADERS = 32;

/**
 * The dead letter of a record. Its id follows from consumer and position, so that the same record rejected twice makes
 * one letter for whoever de-duplicates. A value too long to be kept is cut, and the reason says so; the digest is
 * always that of the whole.
 */
export function deadLetterOf(record: RawRecord, place: RecordPlace, rejection: Rejection, now: Date): DeadLetterKept {
  const position = `${place.topic}/${place.partition}/${record.offset}`;
  const { value } = record;
  const isCut = value !== null && value.length > KEPT_VALUE_BYTES;
  return makeEvent({
    type: 'lazaret.dead-letter.kept',
    source: sourceOf(place.consumer),
    subject: position,
    partitionKey: record.key === null || record.key === '' ? position : record.key.slice(0, 512),
    id: createHash('sha256').update(`${place.consumer} ${position}`).digest('hex').slice(0, 32),
    time: now,
    data: {
      topic: place.topic,
      partition: place.partition,
      offset: record.offset.toString(),
      consumer: place.consumer,
      code: rejection.code,
      reason: isCut ? `${rejection.reason} (value cut to ${KEPT_VALUE_BYTES} bytes)` : rejection.reason,
      valueBase64: value === null ? null : value.subarray(0, KEPT_VALUE_BYTES).toString('base64'),
      valueSha256: value === null ? null : createHash('sha256').update(value).digest('hex'),
      headers: record.headers.slice(0, KEPT_HEADERS).map(({ key, value: header }) => ({
        key: key.slice(0, 256),
        valueBase64: header.subarray(0, KEPT_HEADER_BYTES).toString('base64'),
      })),
      attempts: rejection.attempts,
    },
  });
}

/** A consumer group is named after its service, with a suffix where a service has several. */
function sourceOf(consumer: string): DeadLetterKept['source'] {
  const sources: DeadLetterKept['source'][] = ['/discovery', '/risk-scoring', '/orchestrator', '/enforcement'];
  return sources.find((source) => consumer.startsWith(source.slice(1))) ?? '/discovery';
}
