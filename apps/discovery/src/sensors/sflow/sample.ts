import type { Cursor } from './cursor.js';
import { readSampledRecord, type SampledFrame } from './sampled-frame.js';

const FLOW_SAMPLE = 1;
const EXPANDED_FLOW_SAMPLE = 3;
/** Most records of one sample that are looked at. */
const MAX_RECORDS = 64;
/** An interface by its ifIndex (section 5.3, "interface"); other formats say why there is none, or that there are many. */
const BY_INDEX = 0;
const UNKNOWN_INDEX = 0x3fff_ffff;

export interface FlowSample {
  /** Octet of the datagram at which it begins. */
  index: number;
  /** Which of the agent's sources took it, and how many samples that source has dropped for want of resources. */
  source: string;
  drops: number;
  sampledOneIn: number;
  ingressInterface: number | null;
  egressInterface: number | null;
  frame: SampledFrame;
}

/**
 * A flow sample (sFlow version 5, section 5.3; enterprise 0):
 *
 *     format 1 = sequence source(32) rate pool drops input(32) output(32) count record*
 *     format 3 = sequence sourceClass sourceIndex rate pool drops inputFormat input outputFormat output count record*
 *     record   = enterprise(20) format(12) length(32) octets
 *
 * 'other': a sample of counters, or one of another enterprise. 'bad': it ends early, or shows no frame.
 */
export function readSample(type: number, body: Cursor): FlowSample | 'other' | 'bad' {
  if (type !== FLOW_SAMPLE && type !== EXPANDED_FLOW_SAMPLE) return 'other';
  const index = body.position;
  const expanded = type === EXPANDED_FLOW_SAMPLE;
  body.word();
  const source = expanded ? `${body.word()}:${body.word()}` : compactSource(body.word());
  const sampledOneIn = Math.max(1, body.word());
  body.word();
  const drops = body.word();
  const ingressInterface = expanded ? expandedInterface(body) : compactInterface(body.word());
  const egressInterface = expanded ? expandedInterface(body) : compactInterface(body.word());
  const frame = readFrame(body);
  if (body.failed || frame === undefined) return 'bad';
  return { index, source, drops, sampledOneIn, ingressInterface, egressInterface, frame };
}

/** The records of a sample describe one frame; what the header does not show, others may. */
function readFrame(body: Cursor): SampledFrame | undefined {
  const count = body.word();
  let frame: SampledFrame | undefined;
  for (let record = 0; record < count && record < MAX_RECORDS; record += 1) {
    const type = body.word();
    const inner = body.inner(body.word());
    if (body.failed) return undefined;
    frame = readSampledRecord(type, inner, frame);
  }
  return frame;
}

function compactSource(word: number): string {
  return `${word >>> 24}:${word & 0xff_ffff}`;
}

function compactInterface(word: number): number | null {
  return word >>> 30 === BY_INDEX ? knownIndex(word & UNKNOWN_INDEX) : null;
}

function expandedInterface(body: Cursor): number | null {
  const format = body.word();
  const index = body.word();
  return format === BY_INDEX ? knownIndex(index) : null;
}

/** 0 stands for the agent itself, all ones for "unknown". */
function knownIndex(index: number): number | null {
  return index === 0 || index === UNKNOWN_INDEX || index === 0xffff_ffff ? null : index;
}
