import { makeEvent, newId, type Conversation } from '#events';
import type { EventProducer } from '#messaging';
import type { Isolation } from '../src/wanted/wanted.js';
import { Scene, wish } from './scene.js';

/** Where the told device is; by default a place of its own, since the topics are shared by the run. */
export interface Place {
  pointId: string;
  mac: string;
}

/** Tells enforcement of one device, as discovery and the orchestrator would, over the broker. */
export class Teller {
  readonly deviceId = newId();
  readonly quarantineId = newId();
  readonly pointId: string;
  readonly mac: string;
  readonly sensorId: string;

  constructor(
    private readonly producer: EventProducer,
    place: Partial<Place> = {},
  ) {
    const tail = newId().replaceAll('-', '').slice(-6).match(/../g) ?? [];
    this.mac = place.mac ?? `08:00:06:${tail.join(':')}`;
    this.pointId = place.pointId ?? `sw-${newId().slice(-12)}`;
    this.sensorId = `${this.pointId}-ipfix-${tail.join('')}`;
  }

  async plugged(port: string, revision = 1): Promise<void> {
    const scene = new Scene();
    scene.plugged(port);
    const { location } = scene.disk;
    if (!location) throw new Error('no location');
    const interfaces = location.interfaces.map((one) => ({ ...one, mac: this.mac, pointId: this.pointId }));
    const data = { ...location, deviceId: this.deviceId, revision, interfaces };
    await this.publish({ type: 'lazaret.device.changed', source: '/discovery', subject: this.deviceId, data });
  }

  wish(changes: Partial<Isolation> = {}): Isolation {
    const own = { deviceId: this.deviceId, quarantineId: this.quarantineId, macs: [this.mac] };
    return { ...wish(), ...own, ...changes };
  }

  async asks(changes: Partial<Isolation> = {}): Promise<void> {
    const { planDigest: _, ...data } = this.wish({ ...changes, generation: 1 });
    await this.publish({
      type: 'lazaret.wanted.preview',
      source: '/orchestrator',
      subject: this.deviceId,
      partitionKey: `${this.deviceId}/preview`,
      data: { ...data, mode: 'preview' },
    });
  }

  async wants(changes: Partial<Isolation>): Promise<void> {
    const data = this.wish(changes);
    await this.publish({ type: 'lazaret.wanted.isolation', source: '/orchestrator', subject: this.deviceId, data });
  }

  async sees(...seen: Conversation[]): Promise<void> {
    const now = new Date().toISOString();
    await this.publish({
      type: 'lazaret.conversations.seen',
      source: '/discovery',
      subject: this.deviceId,
      data: {
        deviceId: this.deviceId,
        sensorId: this.sensorId,
        observedUntil: now,
        conversations: seen.map((one) => ({ ...one, mac: this.mac })),
      },
    });
  }

  async sensorReports(): Promise<void> {
    const now = new Date().toISOString();
    await this.publish({
      type: 'lazaret.sensor.reported',
      source: '/discovery',
      subject: this.sensorId,
      data: {
        sensorId: this.sensorId,
        kind: 'ipfix',
        site: 'north',
        trustDomain: 'switch',
        authenticated: true,
        authenticatedBy: 'management-network',
        covers: [`point:${this.pointId}`],
        lastRecordAt: now,
        observedUntil: now,
        clockOffsetMs: 0,
        recordsPerSecond: 1,
        lost: 0,
        droppedBySocket: 0,
        parseFailures: 0,
        problems: [],
      },
    });
  }

  private async publish(input: Omit<Parameters<typeof makeEvent>[0], 'time'>): Promise<void> {
    const event = makeEvent({ ...input, time: new Date() } as Parameters<typeof makeEvent>[0]);
    await this.producer.publish([event]);
  }
}
