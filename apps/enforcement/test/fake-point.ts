import {
  DriverError,
  type CompiledEntries,
  type Driver,
  type DriverProfile,
  type EntryReading,
  type Fence,
  type PointHint,
} from '#driver';
import type { PointIsolation, PointReading, PortReading, ProbeFinding, Step } from '#driver';
import type { Point, PointFacts } from '../src/read/point.js';

export const fakeProfile: DriverProfile = {
  order: 'make-before-break',
  interruption: 'none',
  direction: 'both',
  covers: 'all',
  state: 'port',
  stateful: false,
  entries: 100,
  perSession: false,
  renews: false,
  marks: true,
  modes: ['filter', 'vlan-bridged'],
  confirmed: true,
};

export const fakeFacts: PointFacts = {
  id: 'sw-1',
  switches: ['sw-1'],
  policyPoint: null,
  quarantineVlan: 66,
  vlans: [
    { vlan: 10, subnet: '10.10.0.0/24', gateway: { address: '10.10.0.1', mac: '00:16:3e:00:00:10', port: 'r10' } },
    { vlan: 20, subnet: '10.20.0.0/24', gateway: { address: '10.20.0.1', mac: '00:16:3e:00:00:20', port: 'r20' } },
  ],
};

/** The fake as the loop has it. */
export function pointOf(driver: FakePoint, facts: Partial<PointFacts> = {}): Point {
  return { facts: { ...fakeFacts, ...facts }, profile: driver.profile, driver };
}

/** Something that happened at the fake point, in order: what an observer on the wire would tell. */
export type FakeEvent =
  | { kind: 'installed'; number: number; generation: number }
  | { kind: 'tag'; port: string; from: number | null; to: number | null; permitsInForce: boolean }
  | { kind: 'restored'; port: string }
  | { kind: 'removed'; number: number };

/**
 * A fake switch in memory that keeps the promises of the driver's port, and only those: it fails when asked something
 * that it does not plan for. It can be slow, down, restart, lose an answer or lie, and hands can change it.
 */
export class FakePoint implements Driver {
  readonly pointId: string;
  profile: DriverProfile = fakeProfile;
  ports = new Map<string, PortReading>();
  entries: EntryReading[] = [];
  boot = 1;
  history: FakeEvent[] = [];
  reads = 0;
  /** What the next call of `apply` does instead of the plain thing. */
  nextApply: 'plain' | 'lose-answer' | 'lie' | 'unreachable' | 'refuse' | 'not-done-no-answer' = 'plain';
  isDown = false;
  private lastFence = 0;

  constructor(
    private readonly now: () => Date,
    pointId = 'sw-1',
  ) {
    this.pointId = pointId;
  }

  plug(port: string, vlan: number, macs: string[] | null = null, trunk = false): this {
    this.ports.set(port, { port, vlan, linkUp: true, trunk, mark: null, macs });
    return this;
  }

  compile(isolation: PointIsolation): CompiledEntries {
    const { port, mac, permits } = isolation;
    const permit = permits.map(
      (one) => `permit ${port} ${mac} ${one.opener} ${one.transport}/${one.port} ${one.peerAddress}`,
    );
    return {
      entries: [...permit.map((text, index) => `${text} via ${permits[index]?.nextHop?.port}`), `deny ${port} ${mac}`],
      cut: [],
      policy: null,
    };
  }

  undo(isolation: PointIsolation): string[] {
    return [`fake-undo ${isolation.port} ${isolation.homeVlan} ${isolation.deviceNumber}`];
  }

  read(): Promise<PointReading> {
    this.reads += 1;
    if (this.isDown) return Promise.reject(new DriverError('unreachable', 'the fake point is down'));
    const ports = [...this.ports.values()].map((one) => structuredClone(one));
    const entries = structuredClone(this.entries);
    return Promise.resolve({
      pointId: this.pointId,
      bootId: `boot-${this.boot}`,
      readAt: this.now(),
      ports,
      entries,
      policies: [],
      sessions: [],
    });
  }

  // Async, so that what it throws is a rejection like that of any driver.
  async apply(step: Step, fence: Fence): Promise<void> {
    const how = this.nextApply;
    this.nextApply = 'plain';
    if (this.isDown || how === 'unreachable') throw new DriverError('unreachable', 'the fake point is down');
    if (how === 'refuse') throw new DriverError('refused', 'the fake point refuses');
    if (how === 'not-done-no-answer') throw new DriverError('no-answer', 'the request was lost');
    if (how === 'lie') return;
    if (fence.pointId !== this.pointId) throw new Error('a fence of another point');
    if (fence.number <= this.lastFence) throw new DriverError('stale-fence', 'a newer fence has written');
    this.lastFence = fence.number;
    this.carryOut(step);
    await Promise.resolve();
    if (how === 'lose-answer') throw new DriverError('no-answer', 'the answer was lost');
  }

  watch(listener: (hint: PointHint) => void): Promise<{ stop(): Promise<void> }> {
    this.hint = (kind) => listener({ pointId: this.pointId, kind, at: this.now() });
    return Promise.resolve({ stop: () => Promise.resolve() });
  }

  probe(): Promise<ProbeFinding[]> {
    return Promise.resolve([{ check: 'answers', ok: !this.isDown, detail: 'the fake point in memory' }]);
  }

  hint: (kind: PointHint['kind']) => void = () => undefined;

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The point starts anew: entries are gone, port settings stay, as on Open vSwitch. */
  restart(): void {
    this.boot += 1;
    this.entries = [];
  }

  /** A person at the switch. */
  setVlanByHand(port: string, vlan: number): void {
    this.at(port).vlan = vlan;
  }

  removeEntriesByHand(): void {
    this.entries = [];
  }

  at(port: string): PortReading {
    const found = this.ports.get(port);
    if (!found) throw new DriverError('unknown-port', `no port ${port}`);
    return found;
  }

  private carryOut(step: Step): void {
    switch (step.kind) {
      case 'install-entries':
        return this.install(step.isolation);
      case 'move-port':
        return this.move(step.isolation);
      case 'restore-port':
        return this.restore(step.port, step.quarantineId, step.quarantineVlan);
      case 'remove-entries':
        this.entries = this.entries.filter((one) => one.deviceNumber !== step.deviceNumber);
        this.history.push({ kind: 'removed', number: step.deviceNumber });
        return;
      case 'set-policy':
      case 'clear-policy':
      case 'renew-session':
        throw new DriverError('refused', `the fake switch knows no ${step.kind}`);
    }
  }

  private install(isolation: PointIsolation): void {
    const { deviceNumber, generation } = isolation;
    const others = this.entries.filter((one) => one.deviceNumber !== deviceNumber);
    const mine = this.compile(isolation).entries.map((text) => ({
      deviceNumber,
      generation: generation % 65_536,
      kind: text.startsWith('permit') ? ('permit' as const) : ('deny' as const),
      text,
      packets: 0,
    }));
    this.entries = [...others, ...mine];
    this.history.push({ kind: 'installed', number: deviceNumber, generation });
  }

  private move({ port: name, deviceNumber, generation, quarantineId, quarantineVlan, homeVlan }: PointIsolation): void {
    const port = this.at(name);
    const ours = port.mark?.deviceNumber === deviceNumber;
    if (!ours && (port.mark || port.vlan !== homeVlan)) throw new DriverError('changed-by-others', `port ${name}`);
    const permitsInForce = this.entries.some((one) => one.deviceNumber === deviceNumber);
    if (port.vlan !== quarantineVlan) {
      this.history.push({ kind: 'tag', port: name, from: port.vlan, to: quarantineVlan, permitsInForce });
    }
    const prior = port.mark?.prior ?? { vlan: homeVlan, protected: false };
    this.ports.set(name, { ...port, vlan: quarantineVlan, mark: { quarantineId, deviceNumber, generation, prior } });
  }

  private restore(name: string, quarantineId: string, quarantineVlan: number | null): void {
    const port = this.at(name);
    if (!port.mark) return;
    if (port.mark.quarantineId !== quarantineId) throw new DriverError('changed-by-others', `port ${name}`);
    const vlan = port.vlan === quarantineVlan ? port.mark.prior.vlan : port.vlan;
    if (vlan !== port.vlan) {
      this.history.push({
        kind: 'tag',
        port: name,
        from: port.vlan,
        to: vlan,
        permitsInForce: this.entries.length > 0,
      });
    }
    this.ports.set(name, { ...port, vlan, mark: null });
    this.history.push({ kind: 'restored', port: name });
  }
}
