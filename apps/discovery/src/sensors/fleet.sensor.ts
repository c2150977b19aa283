import type { Logger } from '#observability';
import { inTransaction } from '#storage';
import type { DataSource } from 'typeorm';
import type { SensorConfig } from '../config.js';
import type { ConversationLog } from '../conversations/conversation-log.js';
import { saveConversations } from '../conversations/conversations.store.js';
import type { Discovery } from '../discovery.js';
import type { DeviceRegister } from '../devices/device-register.js';
import type { ObservationsPublisher } from '../observations/observations.publisher.js';
import { makeSensor, type SensorParts } from './factories.sensor.js';
import type { RunningSensor } from './running-sensor.js';

export interface FleetOptions {
  site: string;
  sensors: readonly SensorConfig[];
  register: DeviceRegister;
  conversations: ConversationLog;
  publisher: ObservationsPublisher;
  dataSource: DataSource;
  logger: Logger;
  parts: Omit<SensorParts, 'alive'>;
  discovery: Discovery;
}

const TICK_MS = 10;
const CONVERSATIONS_MS = 100;
/** What can't wait is gathered so long: the records of one exchange come within it. */
const URGENT_MS = 3;
const SETTLE_MS = 1000;
const REPORT_MS = 2000;
const SAVE_MS = 2000;
/** Points of flow sensors first: their ports must be known before the first flow is bound. */
const START_ORDER: readonly SensorConfig['kind'][] = [
  'ovs',
  'dnsmasq-leases',
  'ipfix',
  'netflow',
  'sflow',
  'dnsmasq-log',
  'zeek',
  'eve',
];

/** Runs the sensors and the clocks of what they feed. */
export class SensorFleet {
  private readonly running: { config: SensorConfig; sensor: RunningSensor }[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private urgent: NodeJS.Timeout | undefined;

  constructor(private readonly options: FleetOptions) {}

  /** Resolves when every sensor listens or follows. Rejects if one can't. */
  async start(): Promise<void> {
    const { sensors, parts } = this.options;
    const alive = (pointId: string, at: number): void => this.keepAlive(pointId, at);
    for (const config of sensors) this.running.push({ config, sensor: await makeSensor(config, { ...parts, alive }) });
    const inOrder = [...this.running].sort(
      (a, b) => START_ORDER.indexOf(a.config.kind) - START_ORDER.indexOf(b.config.kind),
    );
    for (const { sensor } of inOrder) await sensor.start();
    this.every(TICK_MS, (now) => this.options.discovery.tick(now));
    this.every(CONVERSATIONS_MS, (now) => this.tellConversations(now));
    this.every(SETTLE_MS, (now) => this.options.discovery.settle(now));
    this.every(REPORT_MS, (now) => this.report(now));
    this.every(SAVE_MS, () => void this.save());
    this.report(Date.now());
  }

  /** Takes nothing more, and tells what is at hand. */
  async stop(): Promise<void> {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
    clearTimeout(this.urgent);
    for (const { sensor } of this.running) sensor.stop();
    this.tellConversations(Number.POSITIVE_INFINITY);
    this.options.publisher.flush();
    await this.save();
  }

  conversationsDue(): void {
    this.urgent ??= setTimeout(() => {
      this.urgent = undefined;
      const { conversations, publisher, register } = this.options;
      publisher.conversations(conversations.urgent(register), (id) => this.observedUntil(id));
    }, URGENT_MS);
  }

  private tellConversations(now: number): void {
    const { conversations, publisher, register } = this.options;
    publisher.conversations(conversations.due(now, register), (id) => this.observedUntil(id));
  }

  private observedUntil(sensorId: string): number {
    const found = this.running.find(({ config }) => config.id === sensorId);
    return found?.sensor.health.observedUntil ?? Date.now();
  }

  private keepAlive(pointId: string, at: number): void {
    for (const { config, sensor } of this.running) {
      if (config.kind === 'ipfix' && config.point === pointId) sensor.health.keptAlive(at);
    }
  }

  private report(now: number): void {
    for (const { sensor } of this.running) sensor.check?.(now);
    this.options.publisher.send(this.running.map(({ sensor }) => sensor.health.report(now, this.options.site)));
  }

  /** Positions are stored only when what was told up to there has been acknowledged: a restart then reads it again. */
  private async save(): Promise<void> {
    const { dataSource, publisher, conversations, logger } = this.options;
    if (publisher.isBehind) return;
    const now = new Date();
    const moved = conversations.takeMoved();
    try {
      await inTransaction(dataSource, async (manager) => {
        if (moved.length > 0) await saveConversations(manager, moved);
        for (const { sensor } of this.running) await sensor.save?.(manager, now);
      });
    } catch (err) {
      logger.warn({ err }, 'positions could not be stored');
    }
  }

  private every(ms: number, work: (now: number) => void): void {
    this.timers.push(setInterval(() => work(Date.now()), ms));
  }
}
