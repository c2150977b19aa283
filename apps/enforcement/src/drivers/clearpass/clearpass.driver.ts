import { DriverError, type PointIsolation, type ProbeFinding, type SessionReading } from '#driver';
import { finding, heldFinding } from '../http/finding.js';
import { NacDriver } from '../http/nac.driver.js';
import { plainSession, type Assignment, type NacReading, type NacSource, type Renewal } from '../http/nac-source.js';
import { ClearPassClient } from './clearpass.client.js';
import type { ClearPassPoint, ClearPassPolicy } from './config.js';
import { clearpassCan } from './profile.js';
import { undoCommands } from './undo.js';
import { markValue, parseMark, type Endpoint } from './wire/endpoint.js';
import type { Session } from './wire/session.js';

export function createClearPass(point: ClearPassPoint): NacDriver<ClearPassPolicy> {
  return new NacDriver(point, new ClearPassSource(point), clearpassCan);
}

/** Attributes of an endpoint: ours are two names that are kept for Lazaret, one with the policy and one with the mark. */
class ClearPassSource implements NacSource<ClearPassPolicy> {
  readonly follows = false;
  private readonly client: ClearPassClient;

  constructor(private readonly point: ClearPassPoint) {
    this.client = new ClearPassClient(point);
  }

  async read(mac: string): Promise<NacReading> {
    const endpoint = await this.client.endpoint(mac);
    if (!endpoint) return { known: false, assignments: [], sessions: [] };
    const sessions = await this.client.sessions(mac);
    return { known: true, assignments: this.assignments(endpoint), sessions: sessions.map((one) => this.session(one)) };
  }

  async assign({ mac, quarantineId, generation }: PointIsolation, policy: ClearPassPolicy): Promise<void> {
    const { policyAttribute, markAttribute } = this.point;
    const mark = markValue(quarantineId, generation);
    await this.client.setAttributes(mac, { [policyAttribute]: policy.name, [markAttribute]: mark });
  }

  async clear(mac: string): Promise<void> {
    const { policyAttribute, markAttribute } = this.point;
    await this.client.setAttributes(mac, { [policyAttribute]: '', [markAttribute]: '' });
  }

  async renew({ mac, sessionId }: SessionReading, policy: ClearPassPolicy | null): Promise<Renewal> {
    const { renew } = this.point;
    switch (renew.by) {
      case 'coa':
        return this.followed(
          mac,
          await this.client.changeAuthorization(mac, policy?.enforcementProfiles ?? renew.homeProfiles),
        );
      case 'disconnect':
        if (!(await this.client.disconnect(sessionId))) throw ended(mac);
        return { check: async () => undefined };
      case 'reauthorize':
        if (!(await this.client.reauthorize(sessionId, renew.profile))) throw ended(mac);
        return { check: async () => undefined };
    }
  }

  ping(): Promise<void> {
    return this.client.ping();
  }

  async probe(): Promise<ProbeFinding[]> {
    const answers = await finding('the API client is accepted', () => this.client.ping(), 'ClearPass answers');
    if (!answers.ok) return [answers];
    const { policies, policyAttribute } = this.point;
    const profiles = this.profiles().map((name) =>
      finding(
        `enforcement profile ${name} is there`,
        () => this.checkProfile(name),
        'a change of authorization may name it',
      ),
    );
    const held = await Promise.all(policies.map(({ name }) => this.client.endpointsWith(policyAttribute, name)));
    return [answers, ...(await Promise.all(profiles)), heldFinding(held.flat())];
  }

  undo(isolation: PointIsolation): string[] {
    return undoCommands(this.point, isolation);
  }

  close(): void {
    this.client.close();
  }

  /** Our attribute without our mark, or with a value of no policy of ours, was written by somebody else. */
  private assignments(endpoint: Endpoint): Assignment[] {
    const { policyAttribute, markAttribute, policies } = this.point;
    const name = endpoint.attribute(policyAttribute);
    const mark = parseMark(endpoint.attribute(markAttribute));
    const ours = mark !== null && policies.some((policy) => policy.name === name);
    return [
      ...(name === '' ? [] : [{ name: ours ? name : `${policyAttribute} ${name}`, ours, mark, row: null }]),
      ...(endpoint.disabled ? [{ name: 'the status Disabled', ours: false, mark: null, row: null }] : []),
    ];
  }

  /** Its role tells what a session carries; a session of which no role is told is not called isolated. */
  private session({ id, mac, switchAddress, port, role }: Session): SessionReading {
    const policy = this.point.policies.find(({ roles }) => role !== null && roles.includes(role));
    const { switchAddresses } = this.point;
    return {
      ...plainSession(mac, id),
      switch: switchAddress === null ? null : (switchAddresses[switchAddress] ?? null),
      port,
      policy: policy?.name ?? role,
      isolated: policy !== undefined,
    };
  }

  /** Asks what came of an action until it has ended. */
  private followed(mac: string, action: string | null): Renewal {
    let ongoing = action !== null;
    return {
      check: async () => {
        if (action === null || !ongoing) return;
        const state = await this.client.actionState(action);
        if (state.end === null) return;
        ongoing = false;
        if (state.end === 'no-session') throw ended(mac);
        if (state.end === 'failed') {
          throw new DriverError(
            'refused',
            `ClearPass's change of authorization of ${mac} has ended with: ${state.words}`,
          );
        }
      },
    };
  }

  private profiles(): string[] {
    const { renew, policies } = this.point;
    if (renew.by === 'disconnect') return [];
    if (renew.by === 'reauthorize') return [renew.profile];
    return [...new Set([...renew.homeProfiles, ...policies.flatMap((one) => one.enforcementProfiles)])];
  }

  private async checkProfile(name: string): Promise<void> {
    if (!(await this.client.hasProfile(name)))
      throw new DriverError('refused', 'ClearPass has no profile of this name');
  }
}

function ended(mac: string): DriverError {
  return new DriverError(
    'no-session',
    `ClearPass knows no live session of ${mac}: it takes effect when it connects again`,
  );
}
