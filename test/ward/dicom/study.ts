/**
 * Makes studies: deterministic, so that two runs with one seed send the same bytes, and with fresh SOP instance UIDs in
 * each study, so that the archive can't mistake an old image for a new one.
 */
import { createCipheriv, createHash } from 'node:crypto';
import { digestOf, element, uint16, writePart10 } from './part10.js';

/** Size and number of a study's images. 25 images of 8 MiB take 34 s at 50 Mbit/s. */
export interface StudyShape {
  instances: number;
  instanceKib: number;
}

export const FULL_STUDY: StudyShape = { instances: 25, instanceKib: 8192 };
export const SMALL_STUDY: StudyShape = { instances: 4, instanceKib: 512 };

export interface StudyIdentity {
  seed: string;
  /** Number of the study in this run, from 1. */
  study: number;
  aeTitle: string;
  modality: 'MR' | 'CT';
}

export interface Instance {
  sopClassUid: string;
  sopInstanceUid: string;
  /** SHA-256 of the data set, hex. */
  sha256: string;
  file: Buffer;
}

export const SOP_CLASS = { MR: '1.2.840.10008.5.1.4.1.1.4', CT: '1.2.840.10008.5.1.4.1.1.2' } as const;
const COLUMNS = 512;

/** A UID below 2.25 (PS3.5 annex B.2: the decimal form of 128 bits) that depends on its words alone. */
export function uidOf(...words: (string | number)[]): string {
  const hash = createHash('sha256').update(words.join('/')).digest('hex').slice(0, 32);
  return `2.25.${BigInt(`0x${hash}`)}`;
}

/** @param index from 1 */
export function makeInstance(identity: StudyIdentity, index: number, kib: number): Instance {
  const { seed, study, aeTitle, modality } = identity;
  const sopClassUid = SOP_CLASS[modality];
  const sopInstanceUid = uidOf(seed, aeTitle, study, 'instance', index);
  const dataSet = Buffer.concat([
    ...identification(identity, index, sopClassUid, sopInstanceUid),
    ...pixels(kib, `${seed}/${aeTitle}/${study}/${index}`),
  ]);
  const file = writePart10(sopClassUid, sopInstanceUid, uidOf('implementation'), dataSet);
  return { sopClassUid, sopInstanceUid, sha256: digestOf(dataSet), file };
}

function identification(identity: StudyIdentity, index: number, sopClass: string, sopInstance: string): Buffer[] {
  const { seed, study, aeTitle, modality } = identity;
  const own = modality === 'MR' ? [element(0x18, 0x20, 'CS', 'SE'), element(0x18, 0x21, 'CS', 'NONE')] : [];
  return [
    element(0x08, 0x16, 'UI', sopClass),
    element(0x08, 0x18, 'UI', sopInstance),
    element(0x08, 0x20, 'DA', '20090429'),
    element(0x08, 0x30, 'TM', '101500'),
    element(0x08, 0x50, 'SH', `A${study}`),
    element(0x08, 0x60, 'CS', modality),
    element(0x08, 0x70, 'LO', 'WARD'),
    element(0x10, 0x10, 'PN', 'WARD^TEST'),
    element(0x10, 0x20, 'LO', 'P0001'),
    ...own,
    element(0x20, 0x0d, 'UI', uidOf(seed, aeTitle, study, 'study')),
    element(0x20, 0x0e, 'UI', uidOf(seed, aeTitle, study, 'series')),
    element(0x20, 0x10, 'SH', `S${study}`),
    element(0x20, 0x11, 'IS', '1'),
    element(0x20, 0x13, 'IS', String(index)),
  ];
}

/** 16-bit grey values from a key stream: incompressible, and as fast as the processor enciphers. */
function pixels(kib: number, key: string): Buffer[] {
  const rows = (kib * 1024) / (COLUMNS * 2);
  const stream = createCipheriv(
    'aes-128-ctr',
    createHash('sha256').update(key).digest().subarray(0, 16),
    Buffer.alloc(16),
  );
  return [
    element(0x28, 0x02, 'US', uint16(1)),
    element(0x28, 0x04, 'CS', 'MONOCHROME2'),
    element(0x28, 0x10, 'US', uint16(rows)),
    element(0x28, 0x11, 'US', uint16(COLUMNS)),
    element(0x28, 0x100, 'US', uint16(16)),
    element(0x28, 0x101, 'US', uint16(16)),
    element(0x28, 0x102, 'US', uint16(15)),
    element(0x28, 0x103, 'US', uint16(0)),
    element(0x7fe0, 0x10, 'OW', stream.update(Buffer.alloc(rows * COLUMNS * 2))),
  ];
}
