import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { Walk, type Variable } from '../wire/walk.js';

const folders = ['snmp', 'snmp-librenms'].map(
  (name) => new URL(`../../../../../../../shared/data/nac/${name}/`, import.meta.url),
);

/** Whether the recordings of real switches are on this machine. They are not part of the repository. */
export const recordingsPresent = folders.every((folder) => existsSync(folder));

/** Names of all recordings, without `.snmprec`. */
export function recordingNames(): string[] {
  const files = recordingsPresent ? folders.flatMap((folder) => readdirSync(folder)) : [];
  return files
    .filter((file) => file.endsWith('.snmprec'))
    .map((file) => basename(file, '.snmprec'))
    .sort();
}

export function recordingPath(name: string): string {
  const folder = folders.find((one) => existsSync(new URL(`${name}.snmprec`, one)));
  if (!folder) throw new Error(`no recording ${name}`);
  return new URL(`${name}.snmprec`, folder).pathname;
}

export function recording(name: string): Walk {
  return new Walk(parseRecording(readFileSync(recordingPath(name), 'latin1')));
}

/**
 * snmpsim's format: a line `OID|TAG|VALUE`, the tag a BER tag in decimal, with `x` where the value is in hex. Text may go
 * on over further lines.
 */
export function parseRecording(text: string): Variable[] {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    if (/^[0-9.]+\|[0-9]+x?\|/.test(line)) lines.push(line);
    else if (line !== '' && lines.length > 0) lines[lines.length - 1] += `\n${line}`;
  }
  return lines.flatMap((line) => {
    const [oid = '', tag = '', ...rest] = line.split('|');
    const value = decode(tag, rest.join('|'));
    return value === null ? [] : [{ oid, value }];
  });
}

function decode(tag: string, value: string): Variable['value'] | null {
  if (tag === '4') return Buffer.from(value, 'latin1');
  if (tag === '4x') return Buffer.from(value, 'hex');
  if (tag === '6' || tag === '64') return value;
  return /^-?\d+$/.test(value) ? Number(value) : null;
}
