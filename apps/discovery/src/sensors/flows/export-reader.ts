import { ExporterOptions } from './exporter-options.js';
import { refused, type DatagramReader, type Heard, type HeardRecord, type Sender } from './heard.js';
import {
  MAX_DATAGRAM,
  newMessage,
  readDataSet,
  type ExportMessage,
  type ExportState,
  type MessageResult,
} from './message.js';
import { REFUSALS, type Refusal } from './refusal.js';
import type { SequenceTracker } from './sequence.js';
import type { TemplateStore } from './template-store.js';
import { WaitingSets, type WaitingSet } from './waiting-sets.js';

export type Decoder = (datagram: Uint8Array, state: ExportState) => MessageResult;

export interface ExportReaderOptions {
  /** By the version in a datagram's first two octets. */
  decoders: Readonly<Partial<Record<number, Decoder>>>;
  /** Under which name an exporter's templates are kept: versions number them independently. */
  templatesOf: (address: string, version: number) => string;
  templates: TemplateStore;
  sequences: SequenceTracker;
}

/** Reads what exporters send by templates (IPFIX, NetFlow v9), and NetFlow v5, which has none. */
export class ExportReader implements DatagramReader {
  private readonly options = new ExporterOptions();
  private readonly waiting = new WaitingSets();

  constructor(private readonly parts: ExportReaderOptions) {}

  /** What is kept of exporters beside their templates and sequence numbers, which others hold. */
  get size(): number {
    return this.waiting.size + this.options.size;
  }

  /** As the exporter named it in a record of options. */
  interfaceName(address: string, domain: number, index: number): string | null {
    return [9, 10].reduce<string | null>(
      (name, version) => name ?? this.options.interfaceName(this.parts.templatesOf(address, version), domain, index),
      null,
    );
  }

  waitsForTemplates(exporter: string): boolean {
    return this.waiting.waitsFor(exporter);
  }

  read(datagram: Uint8Array, sender: Sender, now: number): Heard {
    if (datagram.byteLength > MAX_DATAGRAM) return refused(REFUSALS.huge);
    if (datagram.byteLength < 2) return refused(REFUSALS.truncated);
    const version = ((datagram[0] ?? 0) << 8) | (datagram[1] ?? 0);
    const decode = this.parts.decoders[version];
    if (!decode) return refused(REFUSALS.wrongVersion);
    const state = this.stateOf(sender, version);
    const decoded = decode(datagram, state);
    if (!decoded.ok) return refused(decoded.reason);
    const { message } = decoded;
    const refusals: Refusal[] = [...message.refusals, ...this.keepUnknown(message, datagram, sender, now)];
    const late = message.templates ? this.readWaiting(state, sender, message.version) : [];
    for (const one of late) refusals.push(...one.refusals);
    return {
      records: [...late.flatMap((one) => one.records), ...placed(message, sender, sender.port, now, 0)],
      refusals,
      lost: this.lostBefore(message, sender),
      exportAt: message.clock.exportAt,
      templatesChanged: message.templates,
      waiting: message.unknown.length,
      readLate: late.length,
    };
  }

  private stateOf({ address }: Sender, version: number): ExportState {
    return {
      exporter: this.parts.templatesOf(address, version),
      templates: this.parts.templates,
      options: this.options,
    };
  }

  private keepUnknown(message: ExportMessage, datagram: Uint8Array, sender: Sender, receivedAt: number): Refusal[] {
    const { version, clock, sequence, domain } = message;
    let given = this.waiting.expire(sender.address, receivedAt);
    for (const set of message.unknown) {
      const of = { version, clock, sequence, domain, exporterPort: sender.port, receivedAt };
      given += this.waiting.add(sender.address, datagram, set, { ...of, templateId: set.templateId });
    }
    return new Array<Refusal>(given).fill(REFUSALS.unknownTemplate);
  }

  private readWaiting(state: ExportState, sender: Sender, version: ExportMessage['version']) {
    const readable = this.waiting.take(
      sender.address,
      (set) => set.version === version && state.templates.get(state.exporter, set.domain, set.templateId) !== undefined,
    );
    return readable.map((set) => readLate(set, state, sender));
  }

  /** NetFlow v9 counts datagrams (RFC 3954 section 5.1), the others records, and exporters as they like. */
  private lostBefore({ version, domain, sequence, dataRecords, flows }: ExportMessage, sender: Sender): number {
    const session = `${sender.address}|${sender.port}`;
    const { sequences } = this.parts;
    // Seen of softflowd 1.1 in IPFIX and of Open vSwitch 3.1 in v5: the number is that of the message's last record.
    const last = { moves: 0, holds: flows.length };
    switch (version) {
      case 5:
        return sequences.note(session, domain, sequence, dataRecords, [last]);
      case 9:
        return sequences.note(session, domain, sequence, 1, [{ moves: dataRecords ?? 1, holds: 0 }]);
      case 10:
        return sequences.note(session, domain, sequence, dataRecords, [last]);
    }
  }
}

function readLate(
  set: WaitingSet,
  state: ExportState,
  sender: Sender,
): { records: HeardRecord[]; refusals: Refusal[] } {
  const message = newMessage(set.version, set.clock, set.sequence, set.domain);
  const view = new DataView(set.octets.buffer, set.octets.byteOffset, set.octets.byteLength);
  readDataSet(view, { templateId: set.templateId, from: 0, end: set.octets.byteLength }, message, state);
  const records = placed(message, sender, set.exporterPort, set.receivedAt, set.offset);
  return { records, refusals: message.refusals };
}

function placed(
  { clock, sequence, domain, flows }: ExportMessage,
  { address }: Sender,
  exporterPort: number,
  receivedAt: number,
  offset: number,
): HeardRecord[] {
  const exportTime = Math.floor(clock.exportAt / 1000);
  return flows.map(({ index, flow }) => ({
    exporter: address,
    exporterPort,
    domain,
    exportTime,
    sequence,
    index: index + offset,
    receivedAt,
    flow,
  }));
}
