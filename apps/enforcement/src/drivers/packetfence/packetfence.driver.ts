import { DriverError, type PointIsolation, type ProbeFinding, type SessionReading } from '#driver';
import { finding, heldFinding } from '../http/finding.js';
import { NacDriver } from '../http/nac.driver.js';
import type { Assignment, NacReading, NacSource, Renewal } from '../http/nac-source.js';
import type { PacketFencePoint, PacketFencePolicy } from './config.js';
import { PacketFenceClient } from './packetfence.client.js';
import { packetfenceCan } from './profile.js';
import { undoCommands } from './undo.js';
import type { Location } from './wire/location.js';
import { auditWords, verdictOf, type AuditRow } from './wire/radius-audit.js';
import type { OpenEvent } from './wire/security-event.js';

export function createPacketFence(point: PacketFencePoint): NacDriver<PacketFencePolicy> {
  return new NacDriver(point, new PacketFenceSource(point), packetfenceCan);
}

/** Security events of PacketFence: ours are those of the rules that are named in the configuration. */
class PacketFenceSource implements NacSource<PacketFencePolicy> {
  readonly follows = true;
  private readonly client: PacketFenceClient;

  constructor(private readonly point: PacketFencePoint) {
    this.client = new PacketFenceClient(point);
  }

  async read(mac: string): Promise<NacReading> {
    if (!(await this.client.knowsNode(mac))) return { known: false, assignments: [], sessions: [] };
    const [events, locations, audit] = await Promise.all([
      this.client.openEvents(mac),
      this.client.locations(mac),
      this.client.audit(mac),
    ]);
    const assignments = await Promise.all(events.map((event) => this.assignment(event)));
    return {
      known: true,
      assignments: assignments.filter((one) => one !== null),
      sessions: locations.map((one) => this.session(one, audit[0])),
    };
  }

  async assign({ mac }: PointIsolation, policy: PacketFencePolicy, held: readonly Assignment[]): Promise<void> {
    if (!held.some(({ name }) => name === policy.name)) await this.client.applyEvent(mac, policy.rule);
    for (const other of held.filter(({ name }) => name !== policy.name)) await this.clear(mac, other);
  }

  async clear(mac: string, { row }: Assignment): Promise<void> {
    if (row === null || (await this.client.closeEvent(mac, row))) return;
    const isOpen = (await this.client.openEvents(mac)).some((event) => event.row === row);
    if (isOpen) throw new DriverError('refused', `PacketFence does not close the security event ${row} of ${mac}`);
  }

  async renew({ mac }: SessionReading): Promise<Renewal> {
    const before = new Set((await this.client.audit(mac)).map(({ id }) => id));
    if (this.point.renew === 'reevaluate') {
      if (!(await this.client.reevaluate(mac))) throw noLocation(mac);
    } else await this.restartPort(mac);
    return {
      check: async () => {
        const failed = (await this.client.audit(mac)).find(
          (row) => !before.has(row.id) && verdictOf(row) !== 'accepted',
        );
        // A silent switch too: PacketFence itself has answered, and must not be taken for the one that is silent.
        if (failed) throw new DriverError('refused', auditWords(failed));
      },
    };
  }

  ping(): Promise<void> {
    return this.client.ping();
  }

  async probe(): Promise<ProbeFinding[]> {
    const answers = await finding('the account is accepted', () => this.client.ping(), 'PacketFence answers');
    if (!answers.ok) return [answers];
    const rules = this.point.policies.map(({ rule }) =>
      finding(
        `security event ${rule} is there`,
        () => this.checkRule(rule),
        'it re-evaluates access, and does nothing that stays',
      ),
    );
    const switches = Object.keys(this.point.switchAddresses).map((name) =>
      finding(`switch ${name} is ready`, () => this.checkSwitch(name), 'in production, with the VLAN of each policy'),
    );
    return [answers, ...(await Promise.all([...rules, ...switches])), await this.held()];
  }

  undo(isolation: PointIsolation, policy: PacketFencePolicy): string[] {
    return undoCommands(this.point, isolation, policy);
  }

  close(): void {
    this.client.close();
  }

  /** Null: somebody else's event that only logs assigns nothing. */
  private async assignment({ row, rule }: OpenEvent): Promise<Assignment | null> {
    const ours = this.point.policies.find((policy) => policy.rule === rule);
    if (ours) return { name: ours.name, ours: true, mark: null, row };
    if (!(await this.client.ruleChangesAccess(rule))) return null;
    return { name: `security event ${rule}`, ours: false, mark: null, row };
  }

  /**
   * PacketFence's own record, written when the switch last asked it: where the switch has answered none of our questions
   * since, the record is not believed.
   */
  private session(location: Location, newest: AuditRow | undefined): SessionReading {
    const { mac, sessionId, port, vlan, role } = location;
    const policy = this.point.policies.find(
      (one) => one.role === role && (one.quarantineVlan === null || one.quarantineVlan === vlan),
    );
    const believed = newest === undefined || verdictOf(newest) === 'accepted';
    return {
      mac,
      sessionId,
      switch: location.switchNames.flatMap((name) => this.point.switchAddresses[name] ?? [])[0] ?? null,
      port,
      state: 'authorized',
      authorizedBy: 'unknown',
      vlan,
      policy: policy?.name ?? role,
      isolated: policy !== undefined && believed,
      startedAt: null,
    };
  }

  /** PacketFence bounces the port without looking who else is on it. */
  private async restartPort(mac: string): Promise<void> {
    const [location] = await this.client.locations(mac);
    if (!location) throw noLocation(mac);
    const there = new Set((await this.client.locationsBeside(location)).map((one) => one.mac));
    const where = `port ${location.port ?? 'unknown'} of ${location.switch}`;
    if (there.size !== 1 || !there.has(mac)) {
      throw new DriverError('refused', `${where} has ${there.size} devices: a restart would cut off the others too`);
    }
    const outcome = await this.client.restartPort(mac);
    if (outcome === 'no-location') throw noLocation(mac);
    if (outcome === 'not-wired')
      throw new DriverError('refused', `PacketFence can't restart ${where}: it is not wired`);
  }

  private async checkSwitch(name: string): Promise<void> {
    const config = await this.client.switchConfig(name);
    if (!config) throw new DriverError('refused', 'PacketFence has no such switch');
    if (config.mode !== 'production') {
      throw new DriverError('refused', `its mode is ${config.mode}: it says yes to everything and does nothing`);
    }
    for (const { role, quarantineVlan } of this.point.policies) {
      const vlan = config.vlanOf(role);
      if (quarantineVlan === null || vlan === `${quarantineVlan}`) continue;
      throw new DriverError('refused', `role ${role} has VLAN ${vlan ?? 'none'} there, not ${quarantineVlan}`);
    }
  }

  /** What is ours and stays where Lazaret is removed: for people to compare. */
  private async held(): Promise<ProbeFinding> {
    const macs = await Promise.all(this.point.policies.map(({ rule }) => this.client.openFor(rule)));
    return heldFinding(macs.flat());
  }

  private async checkRule(rule: string): Promise<void> {
    const actions = await this.client.ruleActions(rule);
    if (actions === null) throw new DriverError('refused', 'there is no such rule: make it, for Lazaret alone');
    if (!actions.includes('reevaluate_access')) {
      throw new DriverError('refused', 'its actions want reevaluate_access, without which it isolates nobody');
    }
    const more = actions.filter((action) => ['unreg', 'autoreg', 'role', 'close', 'external'].includes(action));
    if (more.length > 0) throw new DriverError('refused', `its actions do more than isolate: ${more.join(', ')}`);
  }
}

function noLocation(mac: string): DriverError {
  return new DriverError(
    'no-session',
    `PacketFence has no live place of ${mac}: it takes effect when it connects again`,
  );
}
