import { DriverError, type PointIsolation, type ProbeFinding, type SessionReading } from '#driver';
import { finding } from '../http/finding.js';
import { NacDriver } from '../http/nac.driver.js';
import { plainSession, type Assignment, type NacReading, type NacSource, type Renewal } from '../http/nac-source.js';
import type { ForescoutPoint, ForescoutPolicy } from './config.js';
import { ForescoutClient } from './forescout.client.js';
import { forescoutCan } from './profile.js';
import { undoCommands } from './undo.js';
import { isOn, type HostFields } from './wire/host.js';

export function createForescout(point: ForescoutPoint): NacDriver<ForescoutPolicy> {
  return new NacDriver(point, new ForescoutSource(point), forescoutCan);
}

/** Properties of a host: ours are those that the configuration names, on or off. */
class ForescoutSource implements NacSource<ForescoutPolicy> {
  readonly follows = true;
  private readonly client: ForescoutClient;

  constructor(private readonly point: ForescoutPoint) {
    this.client = new ForescoutClient(point);
  }

  async read(mac: string): Promise<NacReading> {
    const fields = await this.client.host(mac);
    if (!fields) return { known: false, assignments: [], sessions: [] };
    return { known: true, assignments: this.assignments(fields), sessions: this.sessions(mac, fields) };
  }

  /** The new one on and others of ours off, in one request. */
  async assign({ mac }: PointIsolation, { property }: ForescoutPolicy, held: readonly Assignment[]): Promise<void> {
    const others = held.flatMap(({ row }) => (row === null || row === property ? [] : [[row, 'off'] as const]));
    await this.client.setProperties(mac, { ...Object.fromEntries(others), [property]: 'on' });
  }

  async clear(mac: string, { row }: Assignment): Promise<void> {
    if (row !== null) await this.client.setProperties(mac, { [row]: 'off' });
  }

  renew(): Promise<Renewal> {
    return Promise.reject(new DriverError('refused', 'Forescout decides by itself when a session begins anew'));
  }

  async ping(): Promise<void> {
    await this.client.fieldNames();
  }

  async probe(): Promise<ProbeFinding[]> {
    const answers = await finding('the web account is accepted', () => this.ping(), "Forescout's web API answers");
    if (!answers.ok) return [answers];
    const tags = await this.client.fieldNames();
    const known = this.point.policies.map(({ property }) =>
      finding(`property ${property} is there`, () => checkProperty(property, tags), 'its policy is for you to check'),
    );
    const untested = {
      check: 'the Data Exchange account may set it',
      ok: null,
      detail: 'Forescout answers no question about it that changes nothing: drill it with a test device',
    };
    return [answers, ...(await Promise.all(known)), untested];
  }

  undo(isolation: PointIsolation, policy: ForescoutPolicy): string[] {
    return undoCommands(this.point, isolation, policy);
  }

  close(): void {
    this.client.close();
  }

  private assignments(fields: HostFields): Assignment[] {
    const ours = this.point.policies.filter(({ property }) => isOn(fields(property)));
    const foreign = this.point.foreignProperties.filter((property) => isOn(fields(property)));
    return [
      ...ours.map(({ name, property }) => ({ name, ours: true, mark: null, row: property })),
      ...foreign.map((property) => ({ name: `property ${property}`, ours: false, mark: null, row: null })),
    ];
  }

  /** A host that is online has a place; that it carries a policy shows by its VLAN, or by the property that tells. */
  private sessions(mac: string, fields: HostFields): SessionReading[] {
    const { placeFields, switchAddresses, policies } = this.point;
    if (!isOn(fields(placeFields.online))) return [];
    const [address, port, vlan] = [placeFields.switch, placeFields.port, placeFields.vlan].map(fields);
    const policy = policies.find((one) =>
      one.shownBy === null
        ? vlan === `${one.quarantineVlan}`
        : fields(one.shownBy.property).toLowerCase() === one.shownBy.value.toLowerCase(),
    );
    return [
      {
        ...plainSession(mac, `${address} ${port}`),
        switch: switchAddresses[address ?? ''] ?? null,
        port: port || null,
        vlan: vlan ? Number(vlan) || null : null,
        policy: policy?.name ?? null,
        isolated: policy !== undefined,
      },
    ];
  }
}

async function checkProperty(property: string, tags: readonly string[]): Promise<void> {
  if (tags.includes(property)) return;
  throw new DriverError('refused', 'Forescout has no property of this tag: make it, with a policy that acts on it');
}
