import fc from 'fast-check';
import { BatchQueue, inBatches, type Entry } from './batch-queue.js';
import { sizeOf, type OutgoingRecord } from './encode.js';

const record = (bytes: number): OutgoingRecord => ({ topic: 't', key: '', value: Buffer.alloc(bytes) });
const entry = (bytes: number): Entry => ({
  records: [],
  bytes,
  signal: undefined,
  resolve: () => undefined,
  reject: () => undefined,
});

describe('inBatches', () => {
  it('keeps every record and their order, and no batch of several is larger than allowed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300 }).map(record)),
        fc.integer({ min: 100, max: 1000 }),
        (records, max) => {
          const batches = inBatches(records, max);
          expect(batches.flat()).toEqual(records);
          for (const batch of batches) {
            const bytes = batch.reduce((sum, one) => sum + sizeOf(one), 0);
            expect(batch.length).toBeGreaterThan(0);
            expect(batch.length === 1 || bytes <= max).toBe(true);
          }
        },
      ),
    );
  });
});

describe('a batch queue', () => {
  it('hands out in order, and counts what is handed out until it is done', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }).map(entry)),
        fc.integer({ min: 1, max: 100 }),
        (entries, max) => {
          const queue = new BatchQueue(10_000, max);
          for (const one of entries) queue.put(one);
          const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
          const seen: Entry[] = [];
          while (!queue.isEmpty()) {
            const batch = queue.take();
            expect(queue.queuedBytes + seen.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(total);
            expect(batch.length === 1 || batch.reduce((sum, { bytes }) => sum + bytes, 0) <= max).toBe(true);
            queue.done(batch);
            seen.push(...batch);
          }
          expect(seen).toEqual(entries);
          expect(queue.room).toBe(10_000);
        },
      ),
    );
  });

  it('gives the room of a withdrawn entry back, once', () => {
    const queue = new BatchQueue(100, 50);
    const one = entry(30);
    queue.put(one);
    expect(queue.withdraw(one)).toBe(true);
    expect(queue.withdraw(one)).toBe(false);
    expect(queue.room).toBe(100);
  });
});
