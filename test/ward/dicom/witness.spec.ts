import { parseLines, type ModalityRecord } from './journal.js';
import { compare } from './witness.js';

const study = (exit: number, ...uids: string[]): ModalityRecord => ({
  kind: 'study',
  study: 1,
  startedAt: 0,
  endedAt: 1,
  exit,
  instances: uids.map((uid) => ({ sopInstanceUid: uid, sha256: `digest-${uid}` })),
  errors: '',
});
const asked: ModalityRecord = { kind: 'commitment-request', at: 2, study: 1, transaction: 't', status: 0, error: '' };

describe('the clinical witness', () => {
  it('finds sent and stored equal, from files and from the journal of files that made room', () => {
    const journal = [{ kind: 'stored' as const, at: 1, sopInstanceUid: 'a', sha256: 'digest-a', bytes: 1 }];
    const seen = compare([study(0, 'a', 'b')], journal, new Map([['b', 'digest-b']]));
    expect(seen).toMatchObject({
      studies: 1,
      sentInstances: 2,
      equal: 2,
      missing: [],
      different: [],
      failedStudies: [],
    });
  });

  it('names what is missing and what differs', () => {
    const seen = compare([study(0, 'a', 'b')], [], new Map([['b', 'other']]));
    expect(seen).toMatchObject({ equal: 0, missing: ['a'], different: ['b'] });
  });

  it('does not count an aborted study as sent, and names its exit status', () => {
    expect(compare([study(1, 'a')], [], new Map())).toMatchObject({
      sentInstances: 0,
      failedStudies: [{ study: 1, exit: 1 }],
    });
  });

  it('misses a commitment that was never reported, and one that failed in part', () => {
    expect(compare([asked], [], new Map()).failedCommitments).toEqual([{ transaction: 't', reason: 'no report' }]);
    const partly: ModalityRecord = { kind: 'commitment-report', at: 3, transaction: 't', committed: 1, failed: 1 };
    expect(compare([asked, partly], [], new Map()).failedCommitments).toHaveLength(1);
    expect(compare([asked, { ...partly, failed: 0 }], [], new Map())).toMatchObject({
      commitmentsReported: 1,
      failedCommitments: [],
    });
  });
});

describe('a journal', () => {
  it('is read up to its last complete line', () => {
    expect(parseLines('{"a":1}\n{"a":2}\n{"a"')).toEqual([{ a: 1 }, { a: 2 }]);
  });
});
