import { DriverError } from '../../errors.js';
import type { Driver, PolicyReading, PointHint, PointIsolation, PointReading, ProbeFinding, Step } from '../../port.js';
import type { DriverProfile } from '../../profile.js';
import type { DriverFixture, Peer, PeerFaults } from '../fixture.js';

export const SECRET = 'correct-horse-battery';

const profile: DriverProfile = {
  order: 'atomic',
  interruption: { gapMs: 10 },
  direction: 'both',
  covers: 'ipv4',
  state: 'policy',
  stateful: false,
  entries: 8,
  perSession: true,
  renews: true,
  marks: true,
  modes: ['vlan-bridged'],
  confirmed: true,
};

const isolation = (mac: string, deviceNumber: number): PointIsolation => ({
  deviceNumber,
  quarantineId: `quarantine-${deviceNumber}`,
  generation: 1,
  mac,
  address: '10.10.0.11',
  switch: 'sw-1',
  port: `port-${deviceNumber}`,
  mode: 'vlan-bridged',
  quarantineVlan: 66,
  homeVlan: 10,
  alone: true,
  permits: [
    { flowId: 'store', peerAddress: '10.20.0.10', transport: 'tcp', port: 104, opener: 'device', nextHop: null },
    { flowId: 'dns', peerAddress: '10.20.0.53', transport: 'udp', port: 53, opener: 'device', nextHop: null },
  ],
});

interface Session {
  id: number;
  /** What it was given when it began. */
  given: string;
}

/** A NAC in memory, to test the rules themselves with: what it assigns, and what each live session was given. */
export class MemoryNac implements Peer, PeerFaults {
  readonly policies = new Map<string, PolicyReading>();
  readonly sessions = new Map<string, Session>();
  fault: 'none' | 'cut' | 'lose-answer' | 'refuse' | 'ignore' = 'none';
  private changes = 0;
  private lastSession = 0;

  /** A request as it arrives. `change` is carried out at the point; the answer may be lost on its way back. */
  request(change: (() => void) | null): void {
    const { fault } = this;
    if (fault === 'cut') throw new DriverError('unreachable', 'the NAC in memory can not be reached');
    if (!change) return;
    this.changes += 1;
    if (fault === 'refuse') throw new DriverError('refused', 'the NAC in memory refuses changes now');
    if (fault === 'ignore') return;
    change();
    if (fault === 'lose-answer') throw new DriverError('no-answer', 'the NAC in memory did not answer in time');
  }

  begin(mac: string): void {
    this.lastSession += 1;
    this.sessions.set(mac, { id: this.lastSession, given: this.policies.get(mac)?.entries.join() ?? 'normal' });
  }

  stateOf(mac: string): Promise<string> {
    return Promise.resolve(JSON.stringify([this.policies.get(mac) ?? null, this.sessions.get(mac)?.given]));
  }

  isIsolated(mac: string): Promise<boolean> {
    return Promise.resolve(this.sessions.get(mac)?.given.startsWith('permit') ?? false);
  }

  writes(): Promise<number> {
    return Promise.resolve(this.changes);
  }

  changeByHand(mac: string): Promise<void> {
    this.policies.set(mac, { mac, ours: false, mark: null, entries: ['guest'] });
    this.begin(mac);
    return Promise.resolve();
  }

  endSession(mac: string): Promise<void> {
    this.sessions.delete(mac);
    return Promise.resolve();
  }

  run(commands: readonly string[]): Promise<void> {
    for (const command of commands) {
      const [, what, mac = ''] = /^memory-nac (clear|renew) (\S+)$/.exec(command) ?? [];
      if (what === 'clear') this.policies.delete(mac);
      if (what === 'renew') this.begin(mac);
    }
    return Promise.resolve();
  }

  cut = (): Promise<void> => this.set('cut');
  heal = (): Promise<void> => this.set('none');
  loseAnswer = (): Promise<void> => this.set('lose-answer');
  refuse = (): Promise<void> => this.set('refuse');
  ignore = (): Promise<void> => this.set('ignore');

  private set(fault: MemoryNac['fault']): Promise<void> {
    this.fault = fault;
    return Promise.resolve();
  }
}

/** A driver that keeps every rule, for the NAC in memory. */
export class MemoryDriver implements Driver {
  readonly pointId = 'memory';
  readonly profile = profile;

  constructor(protected readonly nac: MemoryNac) {}

  compile({ permits }: PointIsolation): { entries: string[]; cut: string[]; policy: string | null } {
    const entries = [...permits.map((one) => `permit ${one.transport} ${one.peerAddress} ${one.port}`).sort(), 'deny'];
    if (entries.length > profile.entries) {
      throw new DriverError('too-many-entries', `${entries.length} entries, ${profile.entries} at most`);
    }
    return { entries, cut: [], policy: entries.join() };
  }

  // Async, so that what it throws is a rejection like that of any driver.
  async read(macs: readonly string[]): Promise<PointReading> {
    await Promise.resolve();
    this.nac.request(null);
    const policies = macs.flatMap((mac) => structuredClone(this.nac.policies.get(mac) ?? []));
    const sessions = macs.flatMap((mac) => {
      const session = this.nac.sessions.get(mac);
      return session ? [this.sessionOf(mac, session)] : [];
    });
    return { pointId: 'memory', bootId: '1', readAt: new Date(0), ports: [], entries: [], policies, sessions };
  }

  async apply(step: Step): Promise<void> {
    await Promise.resolve();
    switch (step.kind) {
      case 'set-policy':
        return this.assign(step.isolation);
      case 'clear-policy':
        return this.clear(step.mac);
      case 'renew-session':
        return this.renew(step.mac, step.sessionId);
      case 'install-entries':
      case 'move-port':
      case 'restore-port':
      case 'remove-entries':
        throw new DriverError('refused', `the NAC in memory knows no ${step.kind}`);
    }
  }

  watch(_listener: (hint: PointHint) => void): Promise<{ stop(): Promise<void> }> {
    return Promise.resolve({ stop: () => Promise.resolve() });
  }

  probe(): Promise<ProbeFinding[]> {
    const ok = this.nac.fault !== 'cut';
    return Promise.resolve([{ check: 'answers', ok, detail: ok ? 'it does' : 'it does not' }]);
  }

  undo({ mac }: PointIsolation): string[] {
    return [`memory-nac clear ${mac}`, `memory-nac renew ${mac}`];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  protected assign(wanted: PointIsolation): void {
    const { mac, quarantineId, generation } = wanted;
    const policy = { mac, ours: true, mark: { quarantineId, generation }, entries: this.compile(wanted).entries };
    const held = this.nac.policies.get(mac);
    if (held && !held.ours) throw new DriverError('changed-by-others', `${mac} is assigned by somebody else`);
    if (JSON.stringify(held) === JSON.stringify(policy)) return;
    this.nac.request(() => this.nac.policies.set(mac, policy));
  }

  protected clear(mac: string): void {
    if (this.nac.policies.get(mac)?.ours) this.nac.request(() => this.nac.policies.delete(mac));
  }

  protected renew(mac: string, sessionId: string): void {
    const session = this.nac.sessions.get(mac);
    if (!session) throw new DriverError('no-session', `${mac} has no live session`);
    if (`${session.id}` === sessionId) this.nac.request(() => this.nac.begin(mac));
  }

  private sessionOf(mac: string, { id, given }: Session): PointReading['sessions'][number] {
    return {
      mac,
      sessionId: `${id}`,
      switch: 'sw-1',
      port: null,
      state: 'authorized',
      authorizedBy: 'server',
      vlan: null,
      policy: given,
      isolated: given.startsWith('permit'),
      startedAt: null,
    };
  }
}

/** The NAC in memory with two devices, driven by the given driver. */
export function memoryFixture(driver: (nac: MemoryNac) => Driver): DriverFixture {
  const nac = new MemoryNac();
  const [subject, sibling] = [isolation('08:00:06:10:00:11', 1), isolation('08:00:06:10:00:12', 2)];
  for (const { mac } of [subject, sibling]) nac.begin(mac);
  return {
    newDriver: () => driver(nac),
    subject,
    sibling,
    peer: nac,
    faults: nac,
    settlesMs: 100,
    secrets: [SECRET],
    stop: () => Promise.resolve(),
  };
}
