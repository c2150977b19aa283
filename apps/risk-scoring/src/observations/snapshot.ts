import { gunzipSync, gzipSync } from 'node:zlib';
import { TOLD_BEFORE_RESTART } from '../assessments/publication.js';
import { RULES_VERSION } from '../evidence/evidence.js';
import { AnsweredDestinations } from './answered-destinations.js';
import type { DeviceState } from './device.js';
import { Partition } from './partition.js';
import { Prevalence, type StoredPrevalence } from './prevalence.js';

/** Windows and levels of a partition as they are stored: gzip of JSON. A change of shape or rules raises the version. */
const VERSION = `4/${RULES_VERSION}`;

interface Stored {
  version: string;
  nextOffset: string;
  devices: DeviceState[];
  answered: [string, number][];
  prevalence: StoredPrevalence;
}

export function encodeSnapshot(partition: Partition): Buffer {
  const stored: Stored = {
    version: VERSION,
    nextOffset: partition.nextOffset.toString(),
    devices: [...partition.devices.values()],
    answered: partition.answered.entries(),
    prevalence: partition.prevalence.stored(),
  };
  return gzipSync(JSON.stringify(stored), { level: 1 });
}

/** null: made by other rules. The log is then read again from its beginning. */
export function decodeSnapshot(number: number, bytes: Buffer): Partition | null {
  const stored = JSON.parse(gunzipSync(bytes).toString('utf8')) as Stored;
  if (stored.version !== VERSION) return null;
  const answered = new AnsweredDestinations(stored.answered);
  const devices = stored.devices.map((device) => ({ ...device, published: device.published && TOLD_BEFORE_RESTART }));
  return new Partition(number, BigInt(stored.nextOffset), devices, answered, new Prevalence(stored.prevalence));
}
