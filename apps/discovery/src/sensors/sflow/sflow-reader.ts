import { BoundedMap } from '../../bounded-map.js';
import type { FlowRecord } from '../flows/flow-record.js';
import { refused, type DatagramReader, type Heard, type HeardRecord, type Sender } from '../flows/heard.js';
import type { SequenceTracker } from '../flows/sequence.js';
import { decodeSflow, type SflowDatagram } from './datagram.js';
import type { FlowSample } from './sample.js';

/** Most sources of samples (an agent's ports) whose drops are remembered. */
export const MAX_SOURCES = 16_384;
const MODULUS = 2 ** 32;

/**
 * Reads sFlow. What is lost shows twice: datagrams that never came by their sequence, which each sub-agent counts, and
 * samples that the agent itself dropped by a counter of each source. Times are ours: an agent tells its uptime only.
 */
export class SflowReader implements DatagramReader {
  private readonly drops = new BoundedMap<string, number>(MAX_SOURCES);

  constructor(private readonly sequences: SequenceTracker) {}

  get size(): number {
    return this.drops.size;
  }

  waitsForTemplates(): boolean {
    return false;
  }

  read(bytes: Uint8Array, sender: Sender, now: number): Heard {
    const decoded = decodeSflow(bytes);
    if (!decoded.ok) return refused(decoded.reason);
    const { datagram } = decoded;
    const { subAgent, sequence, samples, refusals } = datagram;
    const missed = this.sequences.note(`${sender.address}|${sender.port}|${datagram.agent}`, subAgent, sequence, 1);
    const dropped = samples.reduce((sum, sample) => sum + this.droppedBefore(sample, datagram, sender), 0);
    return {
      records: samples.map((sample) => recordOf(sample, datagram, sender, now)),
      refusals,
      lost: missed + dropped,
      exportAt: null,
      templatesChanged: false,
      waiting: 0,
      readLate: 0,
    };
  }

  private droppedBefore(
    { source, drops }: FlowSample,
    { agent, subAgent }: SflowDatagram,
    { address }: Sender,
  ): number {
    const key = `${address}|${agent}|${subAgent}|${source}`;
    const before = this.drops.get(key);
    this.drops.set(key, drops);
    const more = before === undefined ? 0 : (drops - before + MODULUS) % MODULUS;
    // A counter that went back began anew.
    return more >= MODULUS / 2 ? 0 : more;
  }
}

function recordOf(sample: FlowSample, datagram: SflowDatagram, sender: Sender, now: number): HeardRecord {
  const { ingressInterface, egressInterface, sampledOneIn, frame } = sample;
  const flow: FlowRecord = {
    ...frame,
    observationPoint: 0,
    direction: null,
    ingressInterface,
    egressInterface,
    ingressPort: null,
    egressPort: null,
    frames: 1,
    reverse: null,
    sampledOneIn,
    start: now,
    end: now,
  };
  return {
    exporter: sender.address,
    exporterPort: sender.port,
    domain: datagram.subAgent,
    exportTime: Math.floor(now / 1000),
    sequence: datagram.sequence,
    index: sample.index,
    receivedAt: now,
    flow,
  };
}
