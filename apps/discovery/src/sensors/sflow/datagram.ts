import { MAX_DATAGRAM } from '../flows/message.js';
import { ipv4Text, ipv6Text } from '../flows/octets.js';
import { REFUSALS, type Refusal } from '../flows/refusal.js';
import { Cursor } from './cursor.js';
import { readSample, type FlowSample } from './sample.js';

/** Most samples of one datagram that are looked at: an Ethernet frame holds some 20. */
export const MAX_SAMPLES = 512;
const VERSION = 5;
const IPV4 = 1;
const IPV6 = 2;

export interface SflowDatagram {
  /** What the agent calls itself; only its sender's address says who it is. */
  agent: string;
  subAgent: number;
  sequence: number;
  samples: FlowSample[];
  refusals: Refusal[];
}

export type SflowResult = { ok: true; datagram: SflowDatagram } | { ok: false; reason: Refusal };

/**
 * An sFlow datagram (sflow.org, "sFlow Version 5", section 5.3):
 *
 *     datagram = version(32)=5 addressType(32) agent(32 | 128) subAgent(32) sequence(32) uptime(32) count(32) sample*
 *     sample   = enterprise(20) format(12) length(32) octets
 *
 * A sample that can't be read is counted and left out; samples of counters and of other enterprises are passed over.
 */
export function decodeSflow(bytes: Uint8Array): SflowResult {
  if (bytes.byteLength > MAX_DATAGRAM) return { ok: false, reason: REFUSALS.huge };
  const cursor = new Cursor(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.byteLength);
  if (cursor.word() !== VERSION)
    return { ok: false, reason: cursor.failed ? REFUSALS.truncated : REFUSALS.wrongVersion };
  const agent = readAddress(cursor);
  const subAgent = cursor.word();
  const sequence = cursor.word();
  cursor.word();
  const count = cursor.word();
  if (cursor.failed || agent === null) return { ok: false, reason: REFUSALS.truncated };
  const datagram: SflowDatagram = { agent, subAgent, sequence, samples: [], refusals: [] };
  if (count > MAX_SAMPLES) datagram.refusals.push(REFUSALS.tooManyRecords);
  readSamples(cursor, Math.min(count, MAX_SAMPLES), datagram);
  return { ok: true, datagram };
}

function readSamples(cursor: Cursor, count: number, datagram: SflowDatagram): void {
  for (let index = 0; index < count; index += 1) {
    const type = cursor.word();
    const body = cursor.inner(cursor.word());
    if (cursor.failed) {
      datagram.refusals.push(REFUSALS.truncated);
      return;
    }
    const sample = readSample(type, body);
    if (sample === 'bad') datagram.refusals.push(REFUSALS.badSample);
    else if (sample !== 'other') datagram.samples.push(sample);
  }
}

function readAddress(cursor: Cursor): string | null {
  const type = cursor.word();
  if (type !== IPV4 && type !== IPV6) return null;
  const at = cursor.octets(type === IPV4 ? 4 : 16);
  if (at === null) return null;
  return type === IPV4 ? ipv4Text(cursor.view, at) : ipv6Text(cursor.view, at);
}
