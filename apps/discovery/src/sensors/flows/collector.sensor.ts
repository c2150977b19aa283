import type { Counters, Logger } from '#observability';
import { CLOCK_LIMIT_MS, clamped } from '../clock.js';
import { FLOW_KINDS, type Flow } from '../flow.js';
import { PROBLEMS, type SensorHealth } from '../sensor-health.js';
import type { DatagramReader, Heard, HeardRecord, Sender } from './heard.js';
import type { LeftOut } from './meaning.js';
import { REFUSALS, type Refusal } from './refusal.js';
import { UdpListener } from './udp-listener.client.js';

export interface CollectorOptions {
  /** The address that it listens on: the management network's own, never all. */
  listen: { host: string; port: number };
  /** Addresses that are heard; datagrams of others are counted and left unread. */
  exporters: readonly string[];
  reader: DatagramReader;
  /** The flows that a record tells, or why it tells none. */
  meaning: (record: HeardRecord) => Flow[] | LeftOut;
  /** Records come as things happen, so that their age shows how far the exporter's clock is from ours. */
  prompt: boolean;
  health: SensorHealth;
  counters: Counters;
  logger: Logger;
  /** Called for each flow, in order, before the next datagram is read. */
  heard: (flow: Flow) => void;
  /** Templates have changed and want to be stored. */
  templatesChanged?: () => void;
}

/** Collects flows over UDP, whatever format: RFC 7011 section 10.3, RFC 3954 section 7.2, sFlow version 5 section 5. */
export class FlowCollector {
  private readonly listener: UdpListener;
  private readonly exporters: ReadonlySet<string>;
  private readonly kind: string;

  constructor(private readonly options: CollectorOptions) {
    const { listen, health, logger, exporters } = options;
    this.exporters = new Set(exporters);
    this.kind = health.identity.kind;
    this.listener = new UdpListener({
      listen,
      name: health.identity.id,
      logger,
      received: (datagram, sender) => this.receive(datagram, sender, Date.now()),
    });
  }

  /** Resolves when it listens; rejects if the address is not there or taken. */
  async start(): Promise<void> {
    const isSmall = await this.listener.start();
    this.options.health.set(PROBLEMS.smallReceiveBuffer, isSmall);
  }

  stop(): void {
    this.listener.stop();
  }

  /** Reads how many datagrams the kernel threw away. To be called now and then. */
  checkSocket(now: number): void {
    const drops = this.listener.drops();
    if (drops !== null) this.options.health.socketDrops(drops, now);
  }

  /** One datagram. Public for tests: what it does is the same wherever the octets come from. */
  receive(datagram: Uint8Array, sender: Sender, now: number): void {
    if (!this.exporters.has(sender.address)) return this.refuse(REFUSALS.undeclaredExporter);
    const { reader } = this.options;
    const heard = reader.read(datagram, sender, now);
    this.note(heard, now);
    this.options.health.set(PROBLEMS.templatesMissing, reader.waitsForTemplates(sender.address));
    for (const record of heard.records) this.hear(record, now);
    if (heard.templatesChanged) this.options.templatesChanged?.();
  }

  private note({ refusals, lost, exportAt, waiting, readLate }: Heard, now: number): void {
    const { health, counters } = this.options;
    for (const reason of refusals) this.refuse(reason);
    if (lost > 0) counters.add(`${this.kind}.record.lost`, lost);
    if (waiting > 0) counters.add(`${this.kind}.set.waiting`, waiting);
    if (readLate > 0) counters.add(`${this.kind}.set.read-late`, readLate);
    health.lose(lost, now);
    // A prompt sensor's clock is known more exactly, by its records.
    if (!this.options.prompt && exportAt !== null)
      health.set(PROBLEMS.clockOff, Math.abs(exportAt - now) > CLOCK_LIMIT_MS);
  }

  private hear(record: HeardRecord, now: number): void {
    const { health, counters, meaning, prompt } = this.options;
    const flows = meaning(record);
    if (typeof flows === 'string') return counters.add(`${this.kind}.record.left-out:${flows}`);
    const isPrompt = prompt && flows.some(({ kind }) => kind !== FLOW_KINDS.volume);
    const end = isPrompt ? record.flow.end : clamped(record.flow.end, now);
    health.record(end, now, isPrompt);
    for (const flow of flows) {
      flow.start = clamped(flow.start, flow.receivedAt);
      flow.end = clamped(flow.end, flow.receivedAt);
      this.options.heard(flow);
    }
  }

  private refuse(reason: Refusal): void {
    this.options.health.refused(reason);
    this.options.counters.add(`${this.kind}.refused:${reason}`);
  }
}
