import { pino } from 'pino';
import type { Conversation, SeenIsolation, SeenPlan } from '#events';
import { PointLocks } from '../src/apply/point-locks.js';
import type { Interlocks } from '../src/check/refusal.js';
import type { Due } from '../src/due.js';
import type { Loop, LoopStore } from '../src/loop.js';
import { fold } from '../src/prove/proof.js';
import { PointReader } from '../src/read/read-points.js';
import type { Point } from '../src/read/point.js';
import { reconcile } from '../src/reconcile.js';
import type { Isolation, Permit, Preview } from '../src/wanted/wanted.js';
import { Disk, MemoryStore } from './memory-store.js';
import { FakePoint, pointOf } from './fake-point.js';

export const MRI = '08:00:06:10:00:11';
export const DEVICE = '01993c0a-aaaa-7bbb-8000-00000000000a';
export const QUARANTINE = '01993c10-2222-7aaa-8000-000000000001';
export const SENSOR = 'sw-1-ipfix';
const POLICY = `sha256:${'7'.repeat(64)}`;

export function permit(changes: Partial<Permit> = {}): Permit {
  return {
    flowId: 'flow-store',
    service: 'dicom-store',
    deviceAddress: '10.10.0.11',
    peerAddress: '10.20.0.10',
    transport: 'tcp',
    port: 104,
    opener: 'device',
    required: true,
    ...changes,
  };
}

export function wish(changes: Partial<Isolation> = {}): Isolation {
  return {
    deviceId: DEVICE,
    quarantineId: QUARANTINE,
    epoch: 1,
    generation: 2,
    mode: 'apply',
    frozen: false,
    planDigest: null,
    policyVersion: POLICY,
    requireQuarantineVlan: true,
    maxInterruptionMs: 0,
    onClinicalBroken: 'keep',
    macs: [MRI],
    permits: [permit()],
    ...changes,
  };
}

export function conversation(at: number, changes: Partial<Conversation> = {}): Conversation {
  const time = new Date(at).toISOString();
  return {
    mac: MRI,
    peerAddress: '10.10.0.47',
    peerDeviceId: null,
    peerInside: true,
    etherType: 2048,
    transport: 'tcp',
    port: 445,
    opener: 'device',
    windowFrom: time,
    windowTo: time,
    sampledOneIn: 1,
    framesOut: 0,
    framesIn: 0,
    octetsOut: 0,
    octetsIn: 0,
    framesBeyond: 0,
    deniedOut: 0,
    deniedIn: 0,
    firstSeen: time,
    lastSeen: time,
    ...changes,
  };
}

export const clinicalConversation = (at: number): Conversation =>
  conversation(at, { peerAddress: '10.20.0.10', port: 104, framesOut: 2, framesIn: 2 });

/** A device at a fake point, the loop over it, and a clock that only tests move. */
export class Scene {
  time = Date.parse('2026-01-05T08:00:00.000Z');
  readonly now = (): Date => new Date(this.time);
  readonly point = new FakePoint(this.now)
    .plug('mri', 10, [MRI])
    .plug('ct', 10, ['08:00:06:10:00:13'])
    .plug('spare', 10, [])
    .plug('r10', 10, ['00:16:3e:00:00:10']);
  readonly disk = new Disk();
  interlocks: Interlocks = { protectedMacs: [], infrastructureMacs: [], isolationsAnHour: 10 };
  store: LoopStore = new MemoryStore(this.disk, 'replica-1', this.now);
  startedAt = this.now();
  /** The enforcement points; unless a test says otherwise the fake switch alone. */
  points: () => Point[] = () => [pointOf(this.point)];

  constructor() {
    this.disk.numbers.set(MRI, 7);
    this.plugged('mri');
    this.observe();
  }

  /** Where discovery says that the device is. */
  plugged(port: string | null, changes: Partial<NonNullable<Disk['location']>> = {}): void {
    this.disk.location = {
      deviceId: DEVICE,
      revision: 1,
      site: 'north',
      realm: 'default',
      asset: 'MRI-3',
      name: 'MRI 3',
      modality: 'MR',
      criticality: 'important',
      ward: 'radiology',
      aeTitles: ['MRI'],
      infrastructure: false,
      flows: [],
      interfaces: [
        {
          mac: MRI,
          addressing: 'static',
          address: '10.10.0.11',
          addressSince: null,
          pointId: port ? 'sw-1' : null,
          port,
          vlan: 10,
          sessionId: null,
          linkUp: true,
          ambiguous: false,
          attachedSince: null,
          toldBy: null,
        },
      ],
      ...changes,
    };
  }

  /** Asks for a plan, and wants what was planned. */
  async want(changes: Partial<Isolation> = {}): Promise<void> {
    const { planDigest: _, ...wanted } = wish(changes);
    const preview: Preview = { ...wanted, mode: 'preview', generation: wanted.generation - 1 };
    this.disk.preview = preview;
    const before = this.disk.wanted;
    this.disk.wanted = null;
    await this.once();
    this.disk.wanted = before;
    const { planDigest } = this.plan();
    this.disk.wanted = wish({ planDigest, ...changes });
  }

  loop(): Loop {
    return {
      store: this.store,
      points: new Map(this.points().map((one) => [one.facts.id, one])),
      reader: new PointReader(),
      locks: new PointLocks(),
      interlocks: this.interlocks,
      startedAt: this.startedAt,
      now: this.now,
      logger: pino({ level: 'silent' }),
    };
  }

  once(): Promise<Due> {
    return reconcile(DEVICE, this.loop());
  }

  /** Runs the loop until it has nothing to do at once; each run takes 10 ms. */
  async settle(): Promise<Due> {
    for (let runs = 0; runs < 20; runs += 1) {
      const due = await this.once();
      this.time += 10;
      if (due.kind !== 'now') return due;
    }
    throw new Error('the loop does not come to rest');
  }

  /** The observer has reported everything up to now. */
  observe(): void {
    const seen = { sensorId: SENSOR, kind: 'ipfix', covers: ['point:sw-1'], clockOffsetMs: 0 };
    this.disk.observers = [{ ...seen, observedUntil: this.now(), movedAt: this.now() }];
  }

  /** The observer reports these conversations, and that it has seen everything up to now. */
  see(...conversations: Conversation[]): void {
    const facts = this.disk.proofs.get(MRI);
    const permits = this.disk.wanted?.permits ?? [];
    const records = { sensorId: SENSOR, clockOffsetMs: 0, observedUntil: this.now(), conversations };
    if (facts) this.disk.proofs.set(MRI, fold(facts, records, permits));
    this.observe();
  }

  /** Lets the observer see what makes an isolation proven. */
  async proven(): Promise<void> {
    this.time += 20;
    this.see(clinicalConversation(this.time), conversation(this.time, { deniedOut: 1 }));
    this.time += 500;
    this.observe();
    await this.settle();
  }

  /** The newest event of what was seen. */
  seen(): SeenIsolation['data'] {
    const found = this.disk.events.filter((one): one is SeenIsolation => one.type === 'lazaret.seen.isolation').at(-1);
    if (!found) throw new Error('nothing was published');
    return found.data;
  }

  plan(): SeenPlan['data'] {
    const found = this.disk.events.filter((one): one is SeenPlan => one.type === 'lazaret.seen.plan').at(-1);
    if (!found) throw new Error('no plan was published');
    return found.data;
  }

  conditions(): string[] {
    return this.seen().conditions.map((one) => one.condition);
  }
}
