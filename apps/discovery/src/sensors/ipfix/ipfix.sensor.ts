import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import type { Counters, Logger } from '#observability';
import { clamped } from '../clock.js';
import { FLOW_KINDS, type Flow } from '../flow.js';
import { PROBLEMS, type SensorHealth } from '../sensor-health.js';
import { decodeMessage, type DecodedMessage } from './message.js';
import { flowOf } from './open-vswitch.js';
import type { SequenceTracker } from './sequence.js';
import { parseSocketDrops } from './socket-drops.js';
import type { TemplateStore } from './template-store.js';
import { REFUSALS, type Refusal } from './template.js';

export interface IpfixSensorOptions {
  pointId: string;
  /** The address that it listens on: the management network's own, never all. */
  listen: { host: string; port: number };
  /** Addresses that are heard; datagrams of others are counted and left unread. */
  exporters: readonly string[];
  templates: TemplateStore;
  sequences: SequenceTracker;
  health: SensorHealth;
  counters: Counters;
  logger: Logger;
  /** Called for each flow, in order, before the next datagram is read. */
  heard: (flow: Flow) => void;
  /** Templates have changed and want to be stored. */
  templatesChanged: () => void;
}

/** Holds a second of a busy switch. The kernel gives what net.core.rmem_max allows, and the health says if it is less. */
const RECEIVE_BUFFER = 4 * 1024 * 1024;

/** Collects IPFIX over UDP (RFC 7011 section 10.3). */
export class IpfixSensor {
  private socket: Socket | undefined;

  constructor(private readonly options: IpfixSensorOptions) {}

  /** Resolves when it listens; rejects if the address is not there or taken. */
  async start(): Promise<void> {
    const { host, port } = this.options.listen;
    const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BUFFER });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address: host, port, exclusive: true }, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    socket.on('message', (datagram, from) => this.receive(datagram, from));
    socket.on('error', (err) => this.options.logger.error({ err, sensor: this.id }, 'IPFIX socket failed'));
    this.options.health.set(PROBLEMS.smallReceiveBuffer, socket.getRecvBufferSize() < RECEIVE_BUFFER);
    this.socket = socket;
  }

  stop(): void {
    this.socket?.close();
    this.socket = undefined;
  }

  /** Reads how many datagrams the kernel threw away. To be called now and then. */
  checkSocket(now: number): void {
    if (!this.socket) return;
    const { address, port } = this.socket.address();
    try {
      const drops = parseSocketDrops(readFileSync('/proc/net/udp', 'utf8'), address, port);
      if (drops !== null) this.options.health.socketDrops(drops, now);
    } catch (err) {
      this.options.logger.debug({ err }, 'socket drops can not be read');
    }
  }

  private get id(): string {
    return this.options.health.identity.id;
  }

  private receive(datagram: Buffer, from: RemoteInfo): void {
    const receivedAt = Date.now();
    if (!this.options.exporters.includes(from.address)) return this.refuse(REFUSALS.undeclaredExporter);
    const decoded = decodeMessage(datagram, from.address, this.options.templates);
    if (!decoded.ok) return this.refuse(decoded.reason);
    this.note(decoded.message, from, receivedAt);
    if (decoded.message.flows.length > 0) this.hear(decoded.message, from, receivedAt);
    else if (decoded.message.refusals.length === 0) this.options.templatesChanged();
  }

  private note(message: DecodedMessage, from: RemoteInfo, now: number): void {
    const { health, counters } = this.options;
    for (const reason of message.refusals) this.refuse(reason);
    const { domain, sequence, dataRecords } = message;
    const lost = this.options.sequences.note(`${from.address}|${from.port}`, domain, sequence, dataRecords);
    if (lost > 0) counters.add('ipfix.record.lost', lost);
    health.lose(lost, now);
    if (dataRecords !== 0) health.set(PROBLEMS.templatesMissing, message.refusals.includes(REFUSALS.unknownTemplate));
  }

  private hear(message: DecodedMessage, from: RemoteInfo, receivedAt: number): void {
    const { health, pointId } = this.options;
    const { domain, exportTime, sequence } = message;
    for (const { index, flow: record } of message.flows) {
      const place = { exporter: from.address, exporterPort: from.port, domain, exportTime, sequence, index };
      const flow = flowOf(record, { ...place, sensorId: this.id, pointId, receivedAt });
      if (!flow) {
        this.options.counters.add('ipfix.record.left-out:other-point');
        continue;
      }
      health.record(flow.end, receivedAt, flow.kind !== FLOW_KINDS.volume);
      flow.start = clamped(flow.start, receivedAt);
      flow.end = clamped(flow.end, receivedAt);
      this.options.heard(flow);
    }
  }

  private refuse(reason: Refusal): void {
    this.options.health.refused(reason);
    this.options.counters.add(`ipfix.refused:${reason}`);
  }
}
