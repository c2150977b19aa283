import { createHash } from 'node:crypto';
import { deadLetterKept } from '#events';
import { deadLetterOf } from './dead-letter.js';
import type { RawRecord } from './decode.js';
import { encode } from './encode.js';

const record: RawRecord = {
  offset: 7n,
  key: 'k',
  value: Buffer.from('{'),
  headers: [{ key: 'h', value: Buffer.from('v') }],
};
const place = { topic: 'lazaret.devices.v1', partition: 3, consumer: 'risk-scoring-windows' };
const rejection = { code: 'malformed-json', reason: 'not JSON', attempts: 1 };
const now = new Date('2026-01-05T08:00:00.000Z');
const letter = (of: Partial<RawRecord> = {}): ReturnType<typeof deadLetterOf> =>
  deadLetterOf({ ...record, ...of }, place, rejection, now);

describe('a dead letter', () => {
  it('is an event of ours with the bytes, their digest and the place', () => {
    expect(deadLetterKept.parse(letter())).toEqual(letter());
    expect(letter()).toMatchObject({
      source: '/risk-scoring',
      subject: 'lazaret.devices.v1/3/7',
      partitionkey: 'k',
      data: { offset: '7', valueBase64: 'ew==', headers: [{ key: 'h', valueBase64: 'dg==' }], attempts: 1 },
    });
  });

  it('has the same id each time that the consumer rejects the record, and another for another consumer', () => {
    const other = deadLetterOf(record, { ...place, consumer: 'discovery' }, rejection, now);
    expect(letter().id).toBe(letter().id);
    expect(other.id).not.toBe(letter().id);
    expect(letter().id.length).toBeLessThanOrEqual(64);
  });

  it('fits into a record even if what it keeps does not, with the digest of the whole', () => {
    const huge = Buffer.alloc(2 * 1024 * 1024, 'x');
    const headers = Array.from({ length: 100 }, (_, n) => ({ key: `h${n}`, value: Buffer.alloc(50_000) }));
    const kept = letter({ value: huge, headers, key: 'k'.repeat(5_000) });
    expect(() => encode(kept, 'lazaret.dead-letter.v1')).not.toThrow();
    expect(kept.data.valueSha256).toBe(createHash('sha256').update(huge).digest('hex'));
    expect(kept.data.reason).toContain('cut');
    expect(deadLetterKept.safeParse(kept).success).toBe(true);
  });

  it('of a record without key and value says so', () => {
    expect(letter({ key: null, value: null })).toMatchObject({
      partitionkey: 'lazaret.devices.v1/3/7',
      data: { valueBase64: null, valueSha256: null },
    });
  });
});
