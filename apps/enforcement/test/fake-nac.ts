import { DriverError, type CompiledEntries, type Driver, type DriverProfile, type Fence } from '#driver';
import type { PointIsolation, PointReading, PolicyReading, ProbeFinding, SessionReading, Step } from '#driver';
import type { Point, PointFacts } from '../src/read/point.js';

const profile: DriverProfile = {
  order: 'atomic',
  interruption: { gapMs: 6000 },
  direction: 'both',
  covers: 'all',
  state: 'policy',
  stateful: false,
  entries: 32,
  perSession: true,
  renews: true,
  marks: true,
  modes: ['filter', 'vlan-bridged'],
  confirmed: true,
};

/** What of the network a session gets when it begins. */
export type Network = 'follows' | 'ignores-policy' | 'failed' | 'critical';

/** Assignments and sessions in memory, which a policy source and a switch share. */
export class FakeSessions {
  readonly policies = new Map<string, PolicyReading & { vlan: number | null; label: string }>();
  readonly live = new Map<string, SessionReading>();
  /** How the switch treats sessions that begin from now on. */
  network: Network = 'follows';
  /** A session that ends is followed by another one at once; if not, the device is off until `begin`. */
  comesBack = true;
  readonly history: string[] = [];
  private last = 0;

  begin(mac: string, at = 'sw-1'): void {
    this.last += 1;
    const policy = this.policies.get(mac);
    const taken = this.network === 'follows' && policy?.ours ? policy : undefined;
    this.live.set(mac, {
      mac,
      sessionId: `session-${this.last}`,
      switch: at,
      port: null,
      state: this.network === 'failed' ? 'failed' : 'authorized',
      authorizedBy: this.network === 'critical' ? 'critical' : 'server',
      vlan: taken?.vlan ?? 10,
      policy: taken?.label ?? null,
      isolated: taken !== undefined,
      startedAt: null,
    });
  }
}

/** A NAC, or with another profile a RADIUS policy or a switch that renews sessions. It keeps the promises of the port only. */
export class FakeNac implements Driver {
  isDown = false;
  nextApply: 'plain' | 'lose-answer' | 'refuse' = 'plain';
  reads: string[][] = [];

  constructor(
    readonly pointId: string,
    private readonly sessions: FakeSessions,
    private readonly now: () => Date,
    readonly profile: DriverProfile,
  ) {}

  compile(isolation: PointIsolation): CompiledEntries {
    const known = isolation.permits.filter(({ flowId }) => flowId !== 'flow-unknown-to-nac');
    const entries = [...known.map((one) => `permit ${one.transport} ${one.peerAddress} ${one.port}`).sort(), 'deny'];
    const cut = isolation.permits.map(({ flowId }) => flowId).filter((id) => id === 'flow-unknown-to-nac');
    return { entries, cut, policy: entries.join() };
  }

  async read(macs: readonly string[]): Promise<PointReading> {
    await Promise.resolve();
    this.reads.push([...macs]);
    this.fail();
    const isPolicy = this.profile.state === 'policy';
    const policies = isPolicy ? macs.flatMap((mac) => structuredClone(this.sessions.policies.get(mac) ?? [])) : [];
    const sessions = isPolicy ? macs.flatMap((mac) => structuredClone(this.sessions.live.get(mac) ?? [])) : [];
    return { pointId: this.pointId, bootId: 'boot', readAt: this.now(), ports: [], entries: [], policies, sessions };
  }

  async apply(step: Step, fence: Fence): Promise<void> {
    const how = this.nextApply;
    this.nextApply = 'plain';
    if (fence.pointId !== this.pointId) throw new Error('a fence of another point');
    this.fail();
    if (how === 'refuse') throw new DriverError('refused', 'the fake NAC refuses');
    await Promise.resolve();
    this.carryOut(step);
    if (how === 'lose-answer') throw new DriverError('no-answer', 'the answer was lost');
  }

  watch(): Promise<{ stop(): Promise<void> }> {
    return Promise.resolve({ stop: () => Promise.resolve() });
  }

  probe(): Promise<ProbeFinding[]> {
    return Promise.resolve([{ check: 'answers', ok: !this.isDown, detail: 'the fake NAC in memory' }]);
  }

  undo({ mac }: PointIsolation): string[] {
    return [`fake-nac undo ${this.pointId} ${mac}`];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private fail(): void {
    if (this.isDown) throw new DriverError('unreachable', 'the fake NAC is down');
  }

  private carryOut(step: Step): void {
    const { policies, live, history } = this.sessions;
    switch (step.kind) {
      case 'set-policy': {
        const { mac, quarantineId, generation, quarantineVlan: vlan } = step.isolation;
        const { entries, policy } = this.compile(step.isolation);
        const mark = { quarantineId, generation };
        policies.set(mac, { mac, ours: true, mark, entries, vlan, label: policy ?? '' });
        history.push(`${this.pointId} set`);
        return;
      }
      case 'clear-policy':
        policies.delete(step.mac);
        history.push(`${this.pointId} clear`);
        return;
      case 'renew-session':
        history.push(`${this.pointId} renew`);
        if (live.get(step.mac)?.sessionId !== step.sessionId) return;
        live.delete(step.mac);
        if (this.sessions.comesBack) this.sessions.begin(step.mac);
        return;
      case 'install-entries':
      case 'move-port':
      case 'restore-port':
      case 'remove-entries':
        throw new DriverError('refused', `the fake NAC knows no ${step.kind}`);
    }
  }
}

/** A NAC that holds policies, tells of sessions and renews them, for these switches. */
export function nacPoint(sessions: FakeSessions, now: () => Date, facts: Partial<PointFacts> = {}): Point {
  return pointWith('nac', { state: 'policy' }, sessions, now, { switches: ['sw-1'], ...facts });
}

/** A RADIUS server's policy and the switch that renews, each a point of its own. */
export function radiusPoints(sessions: FakeSessions, now: () => Date): Point[] {
  return [
    pointWith('radius-server', { state: 'policy', renews: false }, sessions, now, {}),
    pointWith('sw-1', { state: 'session' }, sessions, now, { policyPoint: 'radius-server' }),
  ];
}

function pointWith(
  id: string,
  changes: Partial<DriverProfile>,
  sessions: FakeSessions,
  now: () => Date,
  facts: Partial<PointFacts>,
): Point {
  const driver = new FakeNac(id, sessions, now, { ...profile, ...changes });
  const base = { id, switches: [id], policyPoint: null, quarantineVlan: 66, vlans: [] };
  return { facts: { ...base, ...facts }, profile: driver.profile, driver };
}
