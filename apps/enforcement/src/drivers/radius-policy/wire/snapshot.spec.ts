import fc from 'fast-check';
import { decodeSessions, encodeSessions } from './sessions-file.js';
import { decodeSnapshot, encodeSnapshot, type Assignment, type Snapshot } from './snapshot.js';

const assignment: Assignment = {
  mac: '08:00:06:10:00:11',
  quarantineId: '01932b1c-0000-7000-8000-000000000001',
  generation: 3,
  label: 'lazaret/0123456789ab',
  entries: ['Tunnel-Private-Group-Id = 66'],
  attributes: [{ name: 'Tunnel-Private-Group-Id', value: '66' }],
  setAt: '2026-01-01T00:00:00.000Z',
};
const snapshot: Snapshot = {
  born: '5d1f2f6c-5a0e-4f2c-9a0b-2f6d8f3f1c11',
  fence: 4,
  assignments: new Map([[assignment.mac, assignment]]),
};
const text = encodeSnapshot(snapshot);

describe('the snapshot', () => {
  it('is read as it was written', () => {
    expect(decodeSnapshot(text)).toEqual(snapshot);
  });

  it('is refused when any octet of it has changed, or its end is missing', () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 32, max: 126 }), (at, code) => {
        const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
        expect(decodeSnapshot(changed)).toEqual(changed === text ? snapshot : null);
        expect(decodeSnapshot(text.slice(0, at))).toBeNull();
      }),
    );
  });

  it('of sessions is not taken for one of policies', () => {
    expect(decodeSnapshot(encodeSessions([]))).toBeNull();
    expect(decodeSessions(text)).toBeNull();
    expect(decodeSessions(encodeSessions([]))).toEqual([]);
  });
});
