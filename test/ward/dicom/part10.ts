/**
 * Reads and writes what the ward needs of DICOM files (PS3.10 section 7.1: preamble, `DICM`, file meta group, data set).
 *
 * The witness compares data sets: the file meta group is written anew by each application, the data set after it must
 * arrive bit by bit.
 */
import { createHash } from 'node:crypto';

export interface Part10 {
  sopInstanceUid: string;
  dataSet: Buffer;
}

const META_START = 132;
/** VRs with two reserved bytes and a 32-bit length (PS3.5 section 7.1.2). */
const LONG_VRS = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

/** One element in explicit VR little endian; padded to even length (PS3.5 section 6.2). */
export function element(group: number, number: number, vr: string, value: Buffer | string): Buffer {
  const raw = Buffer.isBuffer(value) ? value : Buffer.from(value, 'latin1');
  const padding = raw.length % 2 ? Buffer.from([vr === 'UI' || Buffer.isBuffer(value) ? 0 : 0x20]) : Buffer.alloc(0);
  const long = LONG_VRS.has(vr);
  const head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, 'latin1');
  if (long) head.writeUInt32LE(raw.length + padding.length, 8);
  else head.writeUInt16LE(raw.length + padding.length, 6);
  return Buffer.concat([head, raw, padding]);
}

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

/** A file around an explicit little endian data set. */
export function writePart10(
  sopClassUid: string,
  sopInstanceUid: string,
  implementation: string,
  dataSet: Buffer,
): Buffer {
  const meta = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Buffer.from([0, 1])),
    element(0x0002, 0x0002, 'UI', sopClassUid),
    element(0x0002, 0x0003, 'UI', sopInstanceUid),
    element(0x0002, 0x0010, 'UI', '1.2.840.10008.1.2.1'),
    element(0x0002, 0x0012, 'UI', implementation),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(0x0002, 0x0000, 'UL', length), meta, dataSet]);
}

/** Undefined for what is no complete DICOM file with an explicit little endian data set and a SOP instance UID. */
export function readPart10(file: Buffer): Part10 | undefined {
  if (file.length < META_START + 12 || file.toString('latin1', 128, 132) !== 'DICM') return undefined;
  if (file.readUInt32LE(META_START) !== 0x00000002) return undefined;
  const start = META_START + 12 + file.readUInt32LE(META_START + 8);
  if (start > file.length) return undefined;
  const dataSet = file.subarray(start);
  const sopInstanceUid = findText(dataSet, 0x0008, 0x0018);
  return sopInstanceUid ? { sopInstanceUid, dataSet } : undefined;
}

/** SHA-256 of a data set in hex. */
export function digestOf(dataSet: Buffer): string {
  return createHash('sha256').update(dataSet).digest('hex');
}

/** Value of a text element of the data set's top level; stops at an undefined length, which stands behind it here. */
function findText(dataSet: Buffer, group: number, number: number): string | undefined {
  for (let at = 0; at + 8 <= dataSet.length;) {
    const vr = dataSet.toString('latin1', at + 4, at + 6);
    const long = LONG_VRS.has(vr);
    if (long && at + 12 > dataSet.length) return undefined;
    const length = long ? dataSet.readUInt32LE(at + 8) : dataSet.readUInt16LE(at + 6);
    const value = at + (long ? 12 : 8);
    if (value + length > dataSet.length) return undefined;
    if (dataSet.readUInt16LE(at) === group && dataSet.readUInt16LE(at + 2) === number)
      return dataSet.toString('latin1', value, value + length).replace(/[\0 ]+$/, '');
    at = value + length;
  }
  return undefined;
}
