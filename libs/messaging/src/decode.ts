import type { LazaretEvent } from '#events';
import type { z } from 'zod';

/** A record as the broker gave it. */
export interface RawRecord {
  offset: bigint;
  key: string | null;
  value: Buffer | null;
  headers: { key: string; value: Buffer }[];
}

/** What can be read on a topic. `compacted`: a tombstone is part of the topic's life, not a mistake. */
export interface TopicReader {
  schema: z.ZodType;
  /** Event types that the schema knows; null: the schema alone decides. */
  types: ReadonlySet<string> | null;
  compacted: boolean;
}

export type SkipReason = 'tombstone' | 'unknown-type';
export type BadCode = 'tombstone' | 'too-large' | 'malformed-json' | 'invalid-event';

/** `skip`: nothing for us, counted. `bad`: goes to the dead letter with code and reason. */
export type Decoded =
  | { kind: 'event'; event: LazaretEvent }
  | { kind: 'skip'; reason: SkipReason; type: string | null }
  | { kind: 'bad'; code: BadCode; reason: string };

/**
 * Largest value that is parsed, in bytes. The broker's own limit counts a compressed batch compressed, so a record may
 * arrive far larger than any that it would take plain.
 */
export const MAX_VALUE_BYTES = 1_048_576;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads one record. Handlers see what comes out as `event` and nothing else. */
export function decode(record: Pick<RawRecord, 'value'>, reader: TopicReader): Decoded {
  const { value } = record;
  if (value === null) return tombstone(reader);
  if (value.length > MAX_VALUE_BYTES) {
    return { kind: 'bad', code: 'too-large', reason: `${value.length} bytes, more than ${MAX_VALUE_BYTES}` };
  }
  const parsed = parse(value);
  if (parsed === undefined) return { kind: 'bad', code: 'malformed-json', reason: 'not JSON in UTF-8' };
  const type = typeOf(parsed);
  if (type === null) return { kind: 'bad', code: 'invalid-event', reason: 'type: not an object with a type' };
  if (reader.types && !reader.types.has(type))
    return { kind: 'skip', reason: 'unknown-type', type: type.slice(0, 100) };
  return validate(parsed, reader.schema);
}

function tombstone({ compacted }: TopicReader): Decoded {
  if (compacted) return { kind: 'skip', reason: 'tombstone', type: null };
  return { kind: 'bad', code: 'tombstone', reason: 'no value on a topic that is not compacted' };
}

function parse(value: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(value)) as unknown;
  } catch {
    return undefined;
  }
}

function typeOf(parsed: unknown): string | null {
  if (typeof parsed !== 'object' || parsed === null || !('type' in parsed)) return null;
  return typeof parsed.type === 'string' ? parsed.type : null;
}

function validate(parsed: unknown, schema: z.ZodType): Decoded {
  const result = schema.safeParse(parsed);
  if (result.success) return { kind: 'event', event: result.data as LazaretEvent };
  const issues = result.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'event'}: ${issue.message}`);
  return { kind: 'bad', code: 'invalid-event', reason: issues.join('; ').slice(0, 500) };
}
