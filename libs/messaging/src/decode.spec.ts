import { sensorReported, wantedPreview, TOPICS } from '#events';
import fc from 'fast-check';
import { z } from 'zod';
import { decode, MAX_VALUE_BYTES, type TopicReader } from './decode.js';
import { readerOf } from './topic-readers.js';
import { numbered } from './testing/events.js';

const reader: TopicReader = readerOf(TOPICS.observations, { [TOPICS.observations]: sensorReported });
const read = (value: string | Buffer | null, by = reader): ReturnType<typeof decode> =>
  decode({ value: typeof value === 'string' ? Buffer.from(value) : value }, by);

describe('decode', () => {
  it('gives the event, without fields that nobody knows', () => {
    const event = numbered(1);
    expect(read(JSON.stringify({ ...event, later: true }))).toEqual({ kind: 'event', event });
  });

  it('takes a tombstone for part of a compacted topic and for a mistake elsewhere', () => {
    expect(read(null, readerOf(TOPICS.devices))).toMatchObject({ kind: 'skip', reason: 'tombstone' });
    expect(read(null)).toMatchObject({ kind: 'bad', code: 'tombstone' });
  });

  it('skips a type that a newer writer may have brought', () => {
    expect(read(JSON.stringify({ ...numbered(1), type: 'lazaret.new' }))).toEqual({
      kind: 'skip',
      reason: 'unknown-type',
      type: 'lazaret.new',
    });
  });

  it.each([
    ['malformed-json', '{'],
    ['malformed-json', Buffer.from([0x22, 0xff, 0x22])],
    ['malformed-json', ''],
    ['invalid-event', '"text"'],
    ['invalid-event', '42'],
    ['invalid-event', 'null'],
    ['invalid-event', '[]'],
    ['invalid-event', '{"type":5}'],
    ['too-large', Buffer.alloc(MAX_VALUE_BYTES + 1, ' ')],
  ])('calls it %s: %p', (code, value) => {
    expect(read(value)).toMatchObject({ kind: 'bad', code });
  });

  it('names the fields at fault and not their values', () => {
    const decoded = read(JSON.stringify({ ...numbered(1), time: 'secret', simulated: 'secret' }));
    expect(decoded).toMatchObject({ kind: 'bad', code: 'invalid-event' });
    const reason = decoded.kind === 'bad' ? decoded.reason : '';
    expect(reason).toContain('time');
    expect(reason).toContain('simulated');
    expect(reason).not.toContain('secret');
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
          fc.json().map(Buffer.from),
        ),
        (value) => {
          expect(['event', 'skip', 'bad']).toContain(decode({ value }, reader).kind);
        },
      ),
    );
  });
});

describe('readerOf', () => {
  it('knows the types of every topic, of unions too', () => {
    expect([...(readerOf(TOPICS.wanted).types ?? [])].sort()).toEqual([
      'lazaret.wanted.drill',
      'lazaret.wanted.isolation',
      'lazaret.wanted.preview',
    ]);
    expect(readerOf('t', { t: z.discriminatedUnion('type', [sensorReported, wantedPreview]) }).types?.size).toBe(2);
    expect(readerOf('t', { t: z.object({}) }).types).toBeNull();
  });

  it('refuses a topic that nothing is known of', () => {
    expect(() => readerOf('lazaret.no-such.v1')).toThrow(expect.objectContaining({ code: 'topic-unknown' }) as Error);
  });
});
