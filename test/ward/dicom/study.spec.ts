import { createHash } from 'node:crypto';
import { digestOf, readPart10 } from './part10.js';
import { FULL_STUDY, makeInstance, uidOf, type StudyIdentity } from './study.js';

const identity: StudyIdentity = { seed: 'test', study: 1, aeTitle: 'MRI', modality: 'MR' };

describe('the study generator', () => {
  it('makes the same image from the same words', () => {
    const [one, other] = [makeInstance(identity, 1, 64), makeInstance(identity, 1, 64)];
    expect(one.file.equals(other.file)).toBe(true);
  });

  it('gives each image of each study of each modality its own SOP instance UID and data', () => {
    const made = [
      makeInstance(identity, 1, 4),
      makeInstance(identity, 2, 4),
      makeInstance({ ...identity, study: 2 }, 1, 4),
      makeInstance({ ...identity, aeTitle: 'MRI2' }, 1, 4),
      makeInstance({ ...identity, seed: 'other' }, 1, 4),
    ];
    expect(new Set(made.map(({ sopInstanceUid }) => sopInstanceUid)).size).toBe(made.length);
    expect(new Set(made.map(({ sha256 }) => sha256)).size).toBe(made.length);
  });

  it('makes 200 MiB in a full study, which is 34 s at 50 Mbit/s', () => {
    const bytes = FULL_STUDY.instances * FULL_STUDY.instanceKib * 1024;
    expect(bytes).toBe(200 * 2 ** 20);
    expect((bytes * 8) / 50e6).toBeCloseTo(33.6, 1);
  });

  it('makes UIDs that DICOM takes: digits and dots, at most 64', () => {
    for (let i = 0; i < 200; i += 1) expect(uidOf('seed', i)).toMatch(/^2\.25\.(0|[1-9]\d{0,38})$/);
  });
});

describe('the digest of a data set', () => {
  const made = makeInstance(identity, 3, 16);

  it('is the one that the generator gave, read back from the file', () => {
    const read = readPart10(made.file);
    expect(read?.sopInstanceUid).toBe(made.sopInstanceUid);
    expect(digestOf(read?.dataSet ?? Buffer.alloc(0))).toBe(made.sha256);
  });

  it('does not change when another application writes the file meta group anew', () => {
    const start = made.file.length - (readPart10(made.file)?.dataSet.length ?? 0);
    const meta = Buffer.from(made.file.subarray(0, start));
    meta.write('X', 0);
    const copy = readPart10(Buffer.concat([meta, made.file.subarray(start)]));
    expect(digestOf(copy?.dataSet ?? Buffer.alloc(0))).toBe(made.sha256);
  });

  it('changes with one bit of one pixel', () => {
    const damaged = Buffer.from(made.file);
    damaged.writeUInt8((damaged.at(-1) ?? 0) ^ 1, damaged.length - 1);
    expect(digestOf(readPart10(damaged)?.dataSet ?? Buffer.alloc(0))).not.toBe(made.sha256);
  });

  it('is not given for a file that is cut short or is no DICOM file', () => {
    expect(readPart10(made.file.subarray(0, 200))).toBeUndefined();
    expect(readPart10(createHash('sha512').update('x').digest())).toBeUndefined();
  });
});
