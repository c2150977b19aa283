import { DriverError, type PointIsolation, type ProbeFinding, type SessionReading } from '#driver';
import { finding, heldFinding } from '../http/finding.js';
import { NacDriver } from '../http/nac.driver.js';
import { plainSession, type Assignment, type NacReading, type NacSource, type Renewal } from '../http/nac-source.js';
import { macOf } from '../mac.js';
import type { MistPoint, MistPolicy } from './config.js';
import { MistClient } from './mist.client.js';
import { mistCan } from './profile.js';
import { undoCommands } from './undo.js';
import type { NacClientState } from './wire/nac-client.js';
import { relabelled, type UserMac } from './wire/user-mac.js';

export function createMist(point: MistPoint): NacDriver<MistPolicy> {
  return new NacDriver(point, new MistSource(point), mistCan);
}

/** Labels of a client's user MAC: ours are those that the configuration names. */
class MistSource implements NacSource<MistPolicy> {
  readonly follows = false;
  private readonly client: MistClient;

  constructor(private readonly point: MistPoint) {
    this.client = new MistClient(point);
  }

  async read(mac: string): Promise<NacReading> {
    const [userMac, clients] = await Promise.all([this.client.userMac(mac), this.client.nacClients(mac)]);
    const sessions = clients.filter(({ live }) => live).map((one) => this.session(mac, one));
    return { known: userMac !== null, assignments: userMac ? this.assignments(userMac) : [], sessions };
  }

  /** Read again right before it is written, since the whole record is. */
  async assign({ mac }: PointIsolation, { label }: MistPolicy): Promise<void> {
    const userMac = await this.client.userMac(mac);
    if (!userMac) throw new DriverError('refused', `Mist has no user MAC ${mac} any more`);
    const others = this.ourLabels().filter((one) => one !== label);
    await this.client.writeUserMac(relabelled(userMac, { add: [label], remove: others }));
  }

  async clear(mac: string, { row }: Assignment): Promise<void> {
    const userMac = await this.client.userMac(mac);
    if (userMac?.labels?.includes(row ?? '')) {
      await this.client.writeUserMac(relabelled(userMac, { add: [], remove: [row ?? ''] }));
    }
  }

  async renew({ mac, port }: SessionReading): Promise<Renewal> {
    if (this.point.renew === 'bounce-port') await this.bounce(mac, port);
    else if (!(await this.client.changeAuthorization(mac))) throw noClient(mac);
    return { check: async () => undefined };
  }

  ping(): Promise<void> {
    return this.client.ping();
  }

  async probe(): Promise<ProbeFinding[]> {
    const answers = await finding(
      'the token is accepted',
      () => this.client.ping(),
      'Mist answers for this organization',
    );
    if (!answers.ok) return [answers];
    const rules = this.point.policies.map(({ rule, label }) =>
      finding(
        `rule ${rule} isolates`,
        () => this.checkRule(rule, label),
        `it is enabled, and matches the label ${label}`,
      ),
    );
    const held = await Promise.all(this.ourLabels().map((label) => this.client.userMacsWith(label)));
    return [answers, ...(await Promise.all(rules)), heldFinding(held.flat().map(({ mac }) => macOf(mac) ?? mac))];
  }

  undo(isolation: PointIsolation, policy: MistPolicy): string[] {
    return undoCommands(this.point, isolation, policy);
  }

  close(): void {
    this.client.close();
  }

  private ourLabels(): string[] {
    return this.point.policies.map(({ label }) => label);
  }

  private assignments({ labels }: UserMac): Assignment[] {
    return (labels ?? []).flatMap((label): Assignment[] => {
      const policy = this.point.policies.find((one) => one.label === label);
      if (policy) return [{ name: policy.name, ours: true, mark: null, row: label }];
      const isForeign = this.point.foreignLabels.includes(label);
      return isForeign ? [{ name: `label ${label}`, ours: false, mark: null, row: null }] : [];
    });
  }

  /** What the last authentication was answered with. A VLAN that the switch does not have shows in no field of it. */
  private session(mac: string, { denied, vlan, rule, port, switchNames }: NacClientState): SessionReading {
    const policy = this.point.policies.find(
      (one) => one.rule === rule && (one.quarantineVlan === null || vlan === one.quarantineVlan),
    );
    return {
      // Mist tells no id of a session: its place is what stays the same while it lasts.
      ...plainSession(mac, `${switchNames[0] ?? 'switch'} ${port ?? 'port'}`),
      switch: switchNames.flatMap((name) => this.point.switchAddresses[name] ?? [])[0] ?? null,
      port,
      state: denied ? 'unauthorized' : 'authorized',
      authorizedBy: 'server',
      vlan,
      policy: policy?.name ?? rule,
      isolated: policy !== undefined && !denied,
    };
  }

  private async bounce(mac: string, port: string | null): Promise<void> {
    const [there] = (await this.client.nacClients(mac)).filter((one) => one.live && one.port === port);
    if (!there?.deviceMac || port === null) throw noClient(mac);
    const macs = new Set(await this.client.macsAt(there.deviceMac, port));
    if (macs.size !== 1 || !macs.has(mac)) {
      const why = `port ${port} has ${macs.size} devices: a bounce would cut off the others too`;
      throw new DriverError('refused', why);
    }
    await this.client.bouncePort(there.deviceMac, port);
  }

  private async checkRule(rule: string, label: string): Promise<void> {
    const problem = await this.client.ruleProblem(rule, label);
    if (problem !== null) throw new DriverError('refused', problem);
  }
}

function noClient(mac: string): DriverError {
  return new DriverError('no-session', `Mist knows no live client ${mac}: it takes effect when it connects again`);
}
