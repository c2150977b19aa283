import { setTimeout as sleep } from 'node:timers/promises';
import {
  DriverError,
  type CompiledEntries,
  type Driver,
  type DriverProfile,
  type PointHint,
  type PointIsolation,
  type PointReading,
  type PolicyReading,
  type ProbeFinding,
  type SessionReading,
  type Step,
} from '#driver';
import { chooseNamedPolicy, type NamedPolicy } from '../syntax/named-policy.js';
import { atOnce } from './at-once.js';
import { NacWatch } from './nac-watch.client.js';
import type { Assignment, NacSource, Renewal } from './nac-source.js';
import { compileNamed, entriesOf, nacProfile } from './named-entries.js';

const AT_ONCE = 8;
/** How often a write that waits looks again, at most. */
const LOOKS = 20;

type RenewSession = Extract<Step, { kind: 'renew-session' }>;

export interface NacPoint<P extends NamedPolicy> {
  id: string;
  policies: readonly P[];
  settleMs: number;
  pollSeconds: number;
}

/**
 * A NAC that holds named policies, told to give one of them to a MAC. It reads before each write, leaves alone what is
 * somebody else's, and waits for a while until the sessions have followed; what they have done is then read, not believed.
 */
export class NacDriver<P extends NamedPolicy> implements Driver {
  readonly pointId: string;
  readonly profile: DriverProfile;
  private readonly watching: NacWatch;

  constructor(
    private readonly point: NacPoint<P>,
    private readonly source: NacSource<P>,
    can: Pick<DriverProfile, 'renews' | 'marks'>,
  ) {
    this.pointId = point.id;
    this.profile = nacProfile(point.policies, can);
    this.watching = new NacWatch(point.id, point.pollSeconds, source);
  }

  compile(isolation: PointIsolation): CompiledEntries {
    return compileNamed(this.point.policies, isolation);
  }

  async read(macs: readonly string[]): Promise<PointReading> {
    const readAt = new Date();
    const read = await atOnce(AT_ONCE, [...new Set(macs)], async (mac) => {
      const reading = await this.source.read(mac);
      this.watching.take(mac, reading);
      return { policies: reading.assignments.map((one) => this.policyReading(mac, one)), sessions: reading.sessions };
    });
    const [policies, sessions] = [read.flatMap((one) => one.policies), read.flatMap((one) => one.sessions)];
    // A NAC keeps its assignments over a restart, so that nothing is told apart by one.
    return { pointId: this.pointId, bootId: this.pointId, readAt, ports: [], entries: [], policies, sessions };
  }

  async apply(step: Step): Promise<void> {
    switch (step.kind) {
      case 'set-policy':
        return this.setPolicy(step.isolation);
      case 'clear-policy':
        return this.clearPolicy(step.mac, step.quarantineId);
      case 'renew-session':
        return this.renewSession(step);
      case 'install-entries':
      case 'move-port':
      case 'restore-port':
      case 'remove-entries':
        throw new DriverError('refused', `${this.pointId} is a NAC: it takes policies, and no ${step.kind}`);
    }
  }

  watch(listener: (hint: PointHint) => void): Promise<{ stop(): Promise<void> }> {
    return this.watching.start(listener);
  }

  probe(): Promise<ProbeFinding[]> {
    return this.source.probe();
  }

  undo(isolation: PointIsolation): string[] {
    return this.source.undo(isolation, this.policyFor(isolation));
  }

  async close(): Promise<void> {
    await this.watching.stop();
    this.source.close();
  }

  private async setPolicy(isolation: PointIsolation): Promise<void> {
    const { mac, quarantineId, generation } = isolation;
    const policy = this.policyFor(isolation);
    const { known, assignments, sessions } = await this.source.read(mac);
    if (!known) throw new DriverError('refused', `${this.pointId} does not know ${mac}, and we make no device known`);
    const foreign = assignments.find(({ ours }) => !ours);
    if (foreign) throw this.othersHave(mac, foreign);
    const [only] = assignments;
    const isSo =
      assignments.length === 1 &&
      only?.name === policy.name &&
      (only.mark === null || (only.mark.quarantineId === quarantineId && only.mark.generation === generation));
    if (isSo) return;
    await this.source.assign(isolation, policy, assignments);
    if (this.source.follows && sessions.length > 0) await this.settle(mac, policy);
  }

  private async clearPolicy(mac: string, quarantineId: string): Promise<void> {
    const { assignments, sessions } = await this.source.read(mac);
    const ours = assignments.filter((one) => one.ours);
    const newer = ours.find(({ mark }) => mark !== null && mark.quarantineId !== quarantineId);
    if (newer) throw new DriverError('changed-by-others', `${mac} is in another quarantine at ${this.pointId} by now`);
    for (const one of ours) await this.source.clear(mac, one);
    if (ours.length > 0 && this.source.follows && sessions.length > 0) await this.settle(mac, null);
  }

  private async renewSession(step: RenewSession): Promise<void> {
    if (!this.profile.renews) throw new DriverError('refused', `${this.pointId} can't make a session begin anew`);
    const { mac, sessionId, isolation } = step;
    const { sessions } = await this.source.read(mac);
    const there = sessions.filter((one) => one.switch === null || step.switch === null || one.switch === step.switch);
    if (there.length === 0) throw new DriverError('no-session', `${this.pointId} knows no live session of ${mac}`);
    const session = there.find((one) => one.sessionId === sessionId);
    if (!session) return;
    const policy = isolation === null ? null : this.policyFor(isolation);
    const renewal = await this.source.renew(session, policy);
    // What the NAC only believed to be so already shows as done when another session has begun.
    await this.settle(mac, policy, renewal, carries(session, policy) ? sessionId : null);
  }

  /** Waits until every live session carries this, or for as long as the configuration says. */
  private async settle(mac: string, policy: P | null, renewal?: Renewal, old: string | null = null): Promise<void> {
    const until = performance.now() + this.point.settleMs;
    while (performance.now() < until) {
      await renewal?.check();
      const { sessions } = await this.source.read(mac);
      if (sessions.length > 0 && sessions.every((one) => carries(one, policy) && one.sessionId !== old)) return;
      await sleep(this.point.settleMs / LOOKS);
    }
  }

  private policyReading(mac: string, { name, ours, mark }: Assignment): PolicyReading {
    return { mac, ours, mark, entries: ours ? entriesOf(name, this.point.policies) : [`policy ${name}`] };
  }

  private policyFor(isolation: PointIsolation): P {
    const { policy } = chooseNamedPolicy(this.point.policies, isolation);
    // It is one of ours: what is chosen from is what is given.
    return this.point.policies.find(({ name }) => name === policy.name)!;
  }

  private othersHave(mac: string, { name }: Assignment): DriverError {
    return new DriverError('changed-by-others', `somebody else has assigned ${name} to ${mac} at ${this.pointId}`);
  }
}

function carries({ isolated, policy }: SessionReading, wanted: NamedPolicy | null): boolean {
  return wanted === null ? !isolated : isolated && (policy === null || policy === wanted.name);
}
