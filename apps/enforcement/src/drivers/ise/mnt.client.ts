import { DriverError, SecretFile } from '#driver';
import { NacClient, type NacAnswer } from '../http/nac.client.js';
import type { IsePoint } from './config.js';
import { Nodes } from './nodes.client.js';
import type { IseSession } from './session.js';
import { ACTIVE_LIST_PATH, MNT_BASE, VERSION_PATH, coaPath, mayChange, mayRead, sessionPath } from './wire/mnt-path.js';
import { failureWords, parseActiveMacs, parseCoaResult, parseSession, parseVersion } from './wire/mnt-session.js';

const ANSWERS = [200, 204, 400, 403, 404, 500];
const LISTED_MS = 3000;

/** ISE's monitoring node: the live session of a device, and a change of authorization, which is a GET there. */
export class MntClient {
  private readonly nodes: Nodes<NacClient>;
  /** The last list of all sessions: it may be long, and many may ask for it at the same moment. */
  private listed: { at: number; macs: Promise<ReadonlySet<string>> } | null = null;

  constructor(point: IsePoint) {
    const { nodes, user, passwordFile } = point.mnt;
    const password = new SecretFile(passwordFile);
    const headers = async (): Promise<Record<string, string>> => ({
      Accept: 'application/xml',
      Authorization: `Basic ${Buffer.from(`${user}:${await password.read()}`).toString('base64')}`,
    });
    this.nodes = new Nodes(
      nodes.map((baseUrl) => new NacClient({ baseUrl, timeoutMs: point.timeoutMs, caFile: point.caFile, headers })),
    );
  }

  /** The live session of a MAC; null: nobody is connected. */
  async session(mac: string): Promise<IseSession | null> {
    const answer = await this.read(sessionPath(mac));
    if (answer.status === 404 || answer.status === 204) return null;
    if (answer.status === 200) {
      const parsed = parseSession(answer.text);
      if (parsed === null) throw badAnswer();
      // Somebody else's session under this path would be a fault of ISE's, and nothing to go by.
      return parsed.session?.mac === mac ? parsed.session : null;
    }
    // Releases differ in how they say "none"; the list of all live sessions says it in one way.
    if (!(await this.activeMacs()).has(mac)) return null;
    throw refusal(answer);
  }

  async version(): Promise<string> {
    const answer = await this.read(VERSION_PATH);
    if (answer.status !== 200) throw refusal(answer);
    const version = parseVersion(answer.text);
    if (version === null) throw badAnswer();
    return version;
  }

  /**
   * Has the switch renew a session, by the policy node that has it. Resolves when ISE says that the switch has
   * acknowledged it. An answer that is lost is `no-answer`: this GET changes something.
   */
  async renew(kind: IsePoint['renew'], node: string, mac: string): Promise<void> {
    const path = coaPath(kind, node, mac);
    if (!mayChange(path)) throw new DriverError('refused', 'ISE names a policy node whose name is none');
    const answer = await this.nodes.ask((one) =>
      one.request({ method: 'GET', path: MNT_BASE + path, expect: ANSWERS, changes: true }),
    );
    const result = answer.status === 200 ? parseCoaResult(answer.text) : null;
    if (result === true) return;
    if (result === null && answer.status === 200) throw badAnswer();
    const said = failureWords(answer.text);
    throw new DriverError(
      'refused',
      `ISE could not have the switch renew the session of ${mac}${said ? `: ${said}` : ''}. Is the switch reachable for a change of authorization from ${node}?`,
    );
  }

  async close(): Promise<void> {
    await this.nodes.each(async (node) => node.close());
  }

  private activeMacs(): Promise<ReadonlySet<string>> {
    const now = performance.now();
    if (this.listed !== null && now - this.listed.at < LISTED_MS) return this.listed.macs;
    const listed = { at: now, macs: this.listActive() };
    this.listed = listed;
    listed.macs.catch(() => (this.listed = null));
    return listed.macs;
  }

  private async listActive(): Promise<ReadonlySet<string>> {
    const answer = await this.read(ACTIVE_LIST_PATH);
    if (answer.status !== 200) throw refusal(answer);
    const macs = parseActiveMacs(answer.text);
    if (macs === null) throw badAnswer();
    return new Set(macs);
  }

  private async read(path: string): Promise<NacAnswer> {
    if (!mayRead(path)) throw new DriverError('refused', 'this may not be asked of MnT');
    return this.nodes.ask((node) => node.request({ method: 'GET', path: MNT_BASE + path, expect: ANSWERS }));
  }
}

function refusal({ status, text }: NacAnswer): DriverError {
  const said = failureWords(text);
  const right = status === 403 ? ': the account needs to be one of ISE itself, with the group MnT Admin' : '';
  return new DriverError('refused', `MnT refused with ${status}${said === null ? '' : `: ${said}`}${right}`);
}

function badAnswer(): DriverError {
  return new DriverError('bad-answer', 'MnT answered with something that is not what it documents');
}
