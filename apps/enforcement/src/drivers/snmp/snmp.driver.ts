import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#observability';
import {
  DriverError,
  type CompiledEntries,
  type Driver,
  type DriverProfile,
  type Fence,
  type PointHint,
  type PointIsolation,
  type PointReading,
  type PortReading,
  type ProbeFinding,
  type SessionReading,
  type Step,
} from '#driver';
import { nextBoot, type Boot } from './boot.js';
import { compileIsolation } from './compile.js';
import type { SnmpPoint } from './config.js';
import { planMove, planRestore, type Move, type Planned, writesTo } from './plan-write.js';
import type { SwitchPort } from './port-table.js';
import { probeSwitch } from './probe.js';
import { snmpProfile } from './profile.js';
import { mayBounce } from './renew.js';
import { SessionTable } from './session-table.client.js';
import { SwitchClient } from './switch.client.js';
import { undoCommands } from './undo.js';
import { Watch } from './watch.client.js';
import * as oids from './wire/oids.js';
import { CAF_REAUTH, CAF_TERMINATE, cafIndex } from './wire/sessions/cisco.js';
import { asNumber } from './wire/walk.js';

const ADMIN = { up: 1, down: 2 } as const;
const TRUE = 1;

/** A switch whose ports are moved by SNMP, and whose sessions are read, and renewed, by it. */
export class SnmpDriver implements Driver {
  readonly profile: DriverProfile;
  private readonly client: SwitchClient;
  private readonly sessionTable: SessionTable | null;
  private boot: Boot | null = null;

  constructor(
    private readonly point: SnmpPoint,
    private readonly logger?: Logger,
  ) {
    this.profile = snmpProfile(point);
    this.client = new SwitchClient(point);
    const context = { switch: point.id, quarantineVlan: point.quarantineVlan };
    this.sessionTable = point.sessions && new SessionTable(this.client.snmp, point.sessions, context);
  }

  get pointId(): string {
    return this.point.id;
  }

  compile(isolation: PointIsolation): CompiledEntries {
    return compileIsolation(this.point, isolation);
  }

  async read(macs: readonly string[]): Promise<PointReading> {
    const bootId = await this.bootId();
    const { ports } = await this.client.table();
    return {
      pointId: this.pointId,
      bootId,
      readAt: new Date(),
      ports: ports.filter(({ vlan, bridgePort }) => vlan !== null || bridgePort !== null).map(portReading),
      entries: [],
      policies: [],
      sessions: await this.sessions(macs),
    };
  }

  /** The fence can't be compared by a switch: who writes is settled before, and each change is compared with a fresh read. */
  async apply(step: Step, _fence: Fence): Promise<void> {
    switch (step.kind) {
      case 'move-port':
        return this.move(step.isolation);
      case 'restore-port': {
        const { port, mac, homeVlan, quarantineVlan } = step;
        const from = quarantineVlan ?? this.point.quarantineVlan;
        if (homeVlan === null)
          throw new DriverError('refused', `nobody remembers the VLAN of port ${port} before: set it by hand`);
        const move = { port, mac, from, to: homeVlan };
        return this.carryOut(planRestore(await this.client.table(), move, this.point), move);
      }
      case 'renew-session':
        return this.renew(step);
      case 'remove-entries':
        return;
      case 'install-entries':
      case 'set-policy':
      case 'clear-policy':
        throw new DriverError('refused', `a switch by SNMP has only the VLANs of its ports: it knows no ${step.kind}`);
    }
  }

  watch(listener: (hint: PointHint) => void): Promise<{ stop(): Promise<void> }> {
    const tell = (kind: PointHint['kind']): void => listener({ pointId: this.pointId, kind, at: new Date() });
    return Watch.start({
      point: this.point,
      bootId: () => this.bootId(),
      fingerprint: async () =>
        JSON.stringify((await this.client.table()).ports.map(({ name, vlan, linkUp }) => [name, vlan, linkUp])),
      listener: tell,
      logger: this.logger,
    });
  }

  /** Reads only: whether writing is allowed can't be asked without writing. */
  probe(): Promise<ProbeFinding[]> {
    return probeSwitch(this.point, () => this.client.walks());
  }

  undo(isolation: PointIsolation): string[] {
    return undoCommands(this.point, isolation);
  }

  close(): Promise<void> {
    this.client.close();
    return Promise.resolve();
  }

  private async move(isolation: PointIsolation): Promise<void> {
    if (this.point.policyPoint)
      throw new DriverError(
        'refused',
        `the VLAN of this switch's ports is given by ${this.point.policyPoint}: it is not set here`,
      );
    this.compile(isolation);
    const { port, mac, homeVlan } = isolation;
    const move = { port, mac, from: homeVlan, to: this.point.quarantineVlan };
    return this.carryOut(planMove(await this.client.table(), move, this.point), move);
  }

  /** One change after the other, each read back. What was refused half-way is taken back as far as the switch lets us. */
  private async carryOut(planned: Planned, move: Move): Promise<void> {
    if (!planned.ok) throw new DriverError(planned.code, planned.reason);
    let done = 0;
    if (planned.writes.length > 0) this.client.begin(move.port);
    try {
      for (const write of planned.writes) {
        await this.client.change(write);
        done++;
      }
      this.client.end(move.port);
    } catch (error) {
      if (done > 0 && error instanceof DriverError && error.code === 'refused') await this.takeBack(move);
      // Nothing was written: the port is as it was, whatever it is.
      if (done === 0 && error instanceof DriverError && error.code === 'refused') this.client.end(move.port);
      throw error;
    }
  }

  private async takeBack(move: Move): Promise<void> {
    const { port, from, to } = move;
    const table = await this.client.table();
    const found = table.ports.find(({ name }) => name === port);
    if (!found) return;
    for (const write of writesTo(table, found, { ...move, from: to, to: from }, this.point)) {
      await this.client.change(write).catch((error: unknown) => {
        this.logger?.warn({ pointId: this.pointId, port, err: error }, 'half a move could not be taken back');
      });
    }
  }

  private async renew({ mac, port, sessionId }: Extract<Step, { kind: 'renew-session' }>): Promise<void> {
    const rows = this.sessionTable ? (await this.sessionTable.rows()).filter((row) => row.mac === mac) : null;
    if (rows?.length === 0) throw new DriverError('no-session', `${mac} has no session on this switch now`);
    const row = rows?.find((one) => one.sessionId === sessionId);
    // Another session by now has begun after the policy was set.
    if (rows && !row) return;
    if (this.point.renew !== 'bounce' && row) {
      const column = this.point.renew === 'terminate' ? CAF_TERMINATE : CAF_REAUTH;
      return this.client.snmp.set(`${column}.${cafIndex(Number(row.port), sessionId)}`, {
        type: 'integer',
        value: TRUE,
      });
    }
    if (port === null) throw new DriverError('unknown-port', `nobody knows at which port ${mac} is`);
    const verdict = mayBounce(await this.client.table(), port, mac);
    if (!verdict.ok) throw new DriverError('refused', verdict.reason);
    await this.bounce(verdict.ifIndex, port);
  }

  /** A port that went down comes up again, even if the first try to lift it fails. */
  private async bounce(ifIndex: number, port: string): Promise<void> {
    const oid = `${oids.IF_ADMIN_STATUS}.${ifIndex}`;
    const { snmp } = this.client;
    if ((await snmp.get([oid])).number(oid) !== ADMIN.up)
      throw new DriverError('refused', `port ${port} is switched off by configuration: it stays so`);
    let lost: unknown = null;
    await snmp.set(oid, { type: 'integer', value: ADMIN.down }).catch((error: unknown) => {
      if (!(error instanceof DriverError) || error.code !== 'no-answer') throw error;
      lost = error;
    });
    await sleep(this.point.bounceMs);
    await this.lift(oid, port);
    if (lost) throw lost as DriverError;
  }

  private async lift(oid: string, port: string): Promise<void> {
    for (let tries = 3; ; tries--) {
      try {
        await this.client.snmp.set(oid, { type: 'integer', value: ADMIN.up });
        return;
      } catch (error) {
        const isUp = await this.client.snmp.get([oid]).then(
          (walk) => asNumber(walk.get(oid)) === ADMIN.up,
          () => false,
        );
        if (isUp) return;
        if (tries === 1) {
          this.logger?.error({ pointId: this.pointId, port, err: error }, 'port stays down: switch it on by hand');
          throw error;
        }
      }
    }
  }

  private async bootId(): Promise<string> {
    const walk = await this.client.snmp.get([oids.SYS_UP_TIME, oids.ENGINE_BOOTS]);
    const ticks = walk.number(oids.SYS_UP_TIME);
    if (ticks === null) throw new DriverError('bad-answer', 'the switch does not tell its up-time');
    this.boot = nextBoot(this.boot, { boots: walk.number(oids.ENGINE_BOOTS), ticks, at: new Date() });
    return this.boot.id;
  }

  private sessions(macs: readonly string[]): Promise<SessionReading[]> {
    return this.sessionTable ? this.sessionTable.read(macs) : Promise.resolve([]);
  }
}

/** Half-way into a VLAN is not there: a port that still is a member of another one reads as in that. */
function portReading({ name, vlan, untagged, linkUp, infrastructure, macs }: SwitchPort): PortReading {
  const other = untagged?.find((one) => one !== vlan);
  return {
    port: name,
    vlan: infrastructure === null && other !== undefined ? other : vlan,
    linkUp,
    trunk: infrastructure !== null,
    mark: null,
    macs: macs && [...new Set(macs.map(({ mac }) => mac))],
  };
}
