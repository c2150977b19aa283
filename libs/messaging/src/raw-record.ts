import type { KafkaMessage } from 'kafkajs';
import type { RawRecord } from './decode.js';

/** A record without what belongs to kafkajs. A header may be repeated. */
export function toRecord(message: KafkaMessage): RawRecord {
  const headers = Object.entries(message.headers ?? {}).flatMap(([key, values]) =>
    [values ?? []].flat().map((value) => ({ key, value: Buffer.from(value) })),
  );
  return { offset: BigInt(message.offset), key: message.key?.toString('utf8') ?? null, value: message.value, headers };
}
