import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#observability';
import {
  DriverError,
  type CompiledEntries,
  type Driver,
  type DriverProfile,
  type PointHint,
  type PointIsolation,
  type PointReading,
  type ProbeFinding,
  type SessionReading,
  type Step,
} from '#driver';
import { atOnce } from '../http/at-once.js';
import { compileNamed, nacProfile } from '../http/named-entries.js';
import type { IsePoint } from './config.js';
import { ErsClient, ErsRefusal } from './ers.client.js';
import { Interest } from './interest.js';
import { MntClient } from './mnt.client.js';
import { isOurs, ofMac, policyReading, type Assignment } from './policies.js';
import { probeIse } from './probe.client.js';
import { iseCan } from './profile.js';
import { SessionCache } from './session-cache.js';
import { sessionReading, type IseSession } from './session.js';
import { undoCommands } from './undo.js';
import { Watch } from './watch.client.js';
import { isRadiusFailure } from './wire/ers-error.js';

/** MACs that are read at the same time. */
const AT_ONCE = 4;
const SETTLE_EACH_MS = 150;

type Renewal = Extract<Step, { kind: 'renew-session' }>;

/** Cisco ISE: ANC policies by ERS, sessions by MnT, and changes by pxGrid where it is configured. */
export class IseDriver implements Driver {
  readonly profile: DriverProfile;
  private readonly ers: ErsClient;
  private readonly mnt: MntClient;
  private readonly cache = new SessionCache();
  private readonly interest = new Interest();
  private readonly watches = new Set<Watch>();

  constructor(
    private readonly point: IsePoint,
    private readonly logger?: Logger,
  ) {
    this.profile = nacProfile(point.policies, iseCan);
    this.ers = new ErsClient(point);
    this.mnt = new MntClient(point);
  }

  get pointId(): string {
    return this.point.id;
  }

  compile(isolation: PointIsolation): CompiledEntries {
    return compileNamed(this.point.policies, isolation);
  }

  async read(macs: readonly string[]): Promise<PointReading> {
    this.interest.add(macs);
    const read = await atOnce(AT_ONCE, [...new Set(macs)], async (mac) => {
      const [held, session] = await Promise.all([this.assignmentsOf(mac), this.sessionOf(mac)]);
      return {
        policies: held.map((one) => policyReading(mac, one, this.point.policies)),
        sessions: session ? [sessionReading(session, this.point)] : [],
      };
    });
    const [policies, sessions] = [read.flatMap((one) => one.policies), read.flatMap((one) => one.sessions)];
    // ISE tells no boot: what it holds is kept in its database.
    return { pointId: this.pointId, bootId: 'kept', readAt: new Date(), ports: [], entries: [], policies, sessions };
  }

  /** ISE can't compare a fence; what is assigned is read again right before each write instead. */
  async apply(step: Step): Promise<void> {
    switch (step.kind) {
      case 'set-policy':
        return this.set(step.isolation);
      case 'clear-policy':
        return this.clear(step.mac);
      case 'renew-session':
        return this.renew(step);
      case 'install-entries':
      case 'move-port':
      case 'restore-port':
      case 'remove-entries':
        throw new DriverError('refused', `ISE knows no ${step.kind}: it assigns policies and renews sessions`);
    }
  }

  watch(listener: (hint: PointHint) => void): Promise<{ stop(): Promise<void> }> {
    const watch = new Watch({
      point: this.point,
      ers: this.ers,
      cache: this.cache,
      concerns: (mac) => this.interest.has(mac),
      listener: (kind, macs) => listener({ pointId: this.pointId, kind, at: new Date(), ...(macs && { macs }) }),
      logger: this.logger,
    });
    this.watches.add(watch);
    return Promise.resolve({
      stop: async () => {
        this.watches.delete(watch);
        await watch.stop();
      },
    });
  }

  probe(): Promise<ProbeFinding[]> {
    const pxgrid = [...this.watches].map((one) => one.pxgridState)[0] ?? null;
    return probeIse({ point: this.point, ers: this.ers, mnt: this.mnt, pxgrid });
  }

  undo(isolation: PointIsolation): string[] {
    return undoCommands(this.point, isolation, this.nameFor(isolation));
  }

  async close(): Promise<void> {
    await Promise.all([...this.watches].map((one) => one.stop()));
    this.watches.clear();
    await Promise.all([this.ers.close(), this.mnt.close()]);
  }

  private async set(isolation: PointIsolation): Promise<void> {
    const { mac } = isolation;
    const name = this.nameFor(isolation);
    const held = await this.assignmentsOf(mac);
    const foreign = held.find(({ policyName }) => !isOurs(policyName, this.point.policies));
    if (foreign) throw byOthers(mac, foreign);
    const isSet = (now: readonly Assignment[]): boolean =>
      now.length > 0 && now.every((one) => one.policyName === name);
    if (isSet(held)) return;
    await this.writeAndSee('apply', mac, name, isSet);
    await this.settled(mac, (session) => session.policy === name);
  }

  private async clear(mac: string): Promise<void> {
    const held = await this.assignmentsOf(mac);
    const ours = held.find(({ policyName }) => isOurs(policyName, this.point.policies));
    if (!ours) return;
    // ISE clears by MAC: where somebody else has assigned something at another switch, that would go too.
    const foreign = held.find(({ policyName }) => !isOurs(policyName, this.point.policies));
    if (foreign) throw byOthers(mac, foreign);
    await this.writeAndSee('clear', mac, ours.policyName, (now) => now.length === 0);
    await this.settled(mac, (session) => !session.isolated);
  }

  /**
   * ISE refuses with `Radius Failure` what it has stored and could not tell a switch, since nobody is connected or the
   * switch is silent. So a refusal is believed only where what is assigned agrees with it.
   */
  private async writeAndSee(
    what: 'apply' | 'clear',
    mac: string,
    policyName: string,
    isTrue: (now: readonly Assignment[]) => boolean,
  ): Promise<void> {
    try {
      await this.ers.write(what, mac, policyName);
    } catch (error) {
      if (!(error instanceof ErsRefusal)) throw error;
      if (!isTrue(await this.assignmentsOf(mac))) throw error;
      const noSession = isRadiusFailure(error.titles);
      this.logger?.info({ pointId: this.pointId, mac, what, noSession }, 'ise refused what it has stored');
    }
  }

  private async renew({ mac, sessionId, isolation }: Renewal): Promise<void> {
    const before = await this.mnt.session(mac);
    if (before === null) throw new DriverError('no-session', `ISE knows no live session of ${mac}`);
    if (before.sessionId !== sessionId) return;
    if (before.policyNode === null) {
      throw new DriverError('refused', `ISE does not tell which policy node has the session of ${mac}`);
    }
    // A bounced link cuts whoever else is on the port.
    const bounces = this.point.renew === 'port-bounce' && isolation?.alone === true;
    const how = this.point.renew === 'port-bounce' && !bounces ? 'disconnect' : this.point.renew;
    await this.mnt.renew(how, before.policyNode, mac);
    const past = before.authenticatedAt?.getTime() ?? 0;
    await this.settled(mac, ({ startedAt, sessionId: now }) => now !== sessionId || (startedAt?.getTime() ?? 0) > past);
  }

  /** Gives the switch a moment to follow what ISE has told it by itself. Whether it has, the next read tells. */
  private async settled(mac: string, follows: (session: SessionReading) => boolean): Promise<void> {
    const until = performance.now() + this.point.settleMs;
    while (performance.now() < until) {
      const session = await this.sessionOf(mac).catch(() => null);
      if (session === null || follows(sessionReading(session, this.point))) return;
      await sleep(SETTLE_EACH_MS);
    }
  }

  private async assignmentsOf(mac: string): Promise<Assignment[]> {
    return ofMac(mac, await this.ers.assignmentsOf(mac));
  }

  private async sessionOf(mac: string): Promise<IseSession | null> {
    return this.cache.merge(mac, await this.mnt.session(mac));
  }

  private nameFor(isolation: PointIsolation): string {
    const { policy } = this.compile(isolation);
    if (policy === null) throw new DriverError('refused', 'no policy of this point fits');
    return policy;
  }
}

function byOthers(mac: string, { policyName }: Assignment): DriverError {
  return new DriverError(
    'changed-by-others',
    `somebody else has assigned the ANC policy ${policyName} to ${mac}: clear it in ISE first, or leave it`,
  );
}
