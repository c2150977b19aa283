import fc from 'fast-check';
import { recordedBy } from '../recording.fixture.js';
import { decodeMessage } from '../ipfix/message.js';
import { MAX_SESSIONS, SequenceTracker } from './sequence.js';
import { newState } from './state.fixture.js';

describe('sequence numbers', () => {
  it('tell how many records were lost between two messages', () => {
    const tracker = new SequenceTracker();
    expect(tracker.note('a:1', 10, 5, 2)).toBe(0);
    expect(tracker.note('a:1', 10, 7, 1)).toBe(0);
    expect(tracker.note('a:1', 10, 11, 1)).toBe(3);
  });

  it('of one domain are no loss in another, whether each has its own count or all share one', () => {
    const own = new SequenceTracker();
    const counts = [
      own.note('a:1', 1, 100, 1),
      own.note('a:1', 2, 7, 1),
      own.note('a:1', 1, 101, 1),
      own.note('a:1', 2, 8, 1),
    ];
    const shared = new SequenceTracker();
    counts.push(
      shared.note('a:1', 0, 1, 1),
      shared.note('a:1', 10, 2, 1),
      shared.note('a:1', 0, 3, 1),
      shared.note('a:1', 10, 4, 1),
    );
    expect(counts).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('that go back are a restart or a late datagram, and no loss', () => {
    const tracker = new SequenceTracker();
    tracker.note('a:1', 10, 5000, 1);
    expect(tracker.note('a:1', 10, 1, 1)).toBe(0);
    expect(tracker.note('a:1', 10, 2, 1)).toBe(0);
  });

  it('wrap around at 32 bits', () => {
    const tracker = new SequenceTracker();
    tracker.note('a:1', 10, 2 ** 32 - 1, 1);
    expect(tracker.note('a:1', 10, 2, 1)).toBe(2);
  });

  it('begin anew behind a message whose records nobody could count', () => {
    const tracker = new SequenceTracker();
    tracker.note('a:1', 10, 1, 1);
    tracker.note('a:1', 10, 2, null);
    expect(tracker.note('a:1', 10, 40, 1)).toBe(0);
  });

  it('tell after a restart of ours what was sent meanwhile', () => {
    const before = new SequenceTracker();
    before.note('a:1', 10, 5, 2);
    const after = new SequenceTracker();
    after.restore(JSON.parse(JSON.stringify(before.snapshot())) as Record<string, number>);
    expect(after.note('a:1', 10, 27, 1)).toBe(20);
    expect(after.note('a:2', 10, 900, 1)).toBe(0);
  });

  it('may count datagrams or records, and then the exporter that counts records is not blamed', () => {
    const records = [{ moves: 20, holds: 0 }];
    const byDatagram = new SequenceTracker();
    expect([7, 8, 9].map((sequence) => byDatagram.note('a:1', 0, sequence, 1, records))).toEqual([0, 0, 0]);
    expect(byDatagram.note('a:1', 0, 30, 1, records)).toBe(20);
    const byRecord = new SequenceTracker();
    const lost = [7, 27, 47, 67, 107].map((sequence) => byRecord.note('a:1', 0, sequence, 1, records));
    expect(lost).toEqual([0, 0, 0, 0, 20]);
  });

  it('may hold the records of their own message', () => {
    const tracker = new SequenceTracker();
    const note = (sequence: number, own: number): number =>
      tracker.note('a:1', 0, sequence, own + 1, [{ moves: 0, holds: own }]);
    expect([note(22, 22), note(48, 26), note(60, 12), note(90, 20)]).toEqual([0, 0, 0, 10]);
  });

  it('of ever new sessions and domains take no more room than those of a few', () => {
    const tracker = new SequenceTracker();
    for (let forged = 0; forged < 50_000; forged += 1) {
      tracker.note(`a:${forged}`, 1, forged, 1);
      tracker.note('a:1', forged, forged, 1);
    }
    expect(tracker.size).toBe(MAX_SESSIONS);
  });

  it('count exactly what was dropped, whichever messages those were', () => {
    const messages = fc.array(fc.record({ records: fc.integer({ min: 1, max: 9 }), kept: fc.boolean() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(messages, (sent) => {
        const tracker = new SequenceTracker();
        let sequence = 0;
        let lost = 0;
        let open = 0;
        let counted = 0;
        let begun = false;
        for (const { records, kept } of sent) {
          if (kept) {
            counted += tracker.note('a:1', 10, sequence, records);
            lost += begun ? open : 0;
            begun = true;
            open = 0;
          } else open += records;
          sequence += records;
        }
        expect(counted).toBe(lost);
      }),
    );
  });

  it('of the recorded ward show no loss, and show it when every tenth datagram with data is left out', () => {
    const lossOf = (keep: (index: number) => boolean): number => {
      const state = newState();
      const tracker = new SequenceTracker();
      return recordedBy('ipfix').reduce((sum, { bytes, exporterPort }, index) => {
        const decoded = decodeMessage(bytes, state);
        if (!decoded.ok || (!keep(index) && decoded.message.flows.length > 0)) return sum;
        const { domain, sequence, dataRecords } = decoded.message;
        return sum + tracker.note(`a:${exporterPort}`, domain, sequence, dataRecords);
      }, 0);
    };
    expect(lossOf(() => true)).toBe(0);
    expect(lossOf((index) => index % 10 !== 0)).toBeGreaterThan(15);
  });
});
