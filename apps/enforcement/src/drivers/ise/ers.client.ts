import { DriverError, SecretFile } from '#driver';
import { NacClient, type NacAnswer } from '../http/nac.client.js';
import { atOnce } from '../http/at-once.js';
import type { IsePoint } from './config.js';
import { Nodes, isUnreachable } from './nodes.client.js';
import { Pace } from './pace.client.js';
import type { Assignment } from './policies.js';
import { ANC_BASE, ancBody, formsToTry, type AncBody } from './wire/anc.js';
import { csrfOf, needsCsrf, type Csrf } from './wire/csrf.js';
import { ersTitles, isRadiusFailure, refusalWords } from './wire/ers-error.js';
import { listPath, parseAncEndpoint, parseAncPolicy, parseList, type ListPage } from './wire/ers-list.js';
import { formatMac } from '../mac.js';

/** Statuses that ERS explains by titles. */
const ANSWERS = [200, 204, 400, 403, 404, 405, 409, 415, 500];
const PAGE = 100;
const AT_ONCE = 4;

/** What an administration node has taught us of itself. */
interface Node {
  http: NacClient;
  pinned: 'auto' | AncBody;
  form: AncBody | null;
  slash: boolean;
  csrf: Csrf | null;
}

/** A write that ERS has refused. It may have been carried out all the same: `Radius Failure`. */
export class ErsRefusal extends DriverError {
  constructor(
    readonly status: number,
    readonly titles: readonly string[],
  ) {
    super('refused', refusalWords(status, titles));
  }
}

/** ISE's External RESTful Services: what is assigned, and by which policies. Any administration node answers reads. */
export class ErsClient {
  private readonly nodes: Nodes<Node>;
  private readonly pace: Pace;

  constructor(point: IsePoint) {
    const { nodes, user, passwordFile, requestsPerSecond } = point.ers;
    const password = new SecretFile(passwordFile);
    const headers = async (): Promise<Record<string, string>> => ({
      Accept: 'application/json',
      Authorization: `Basic ${Buffer.from(`${user}:${await password.read()}`).toString('base64')}`,
    });
    this.pace = new Pace(requestsPerSecond);
    this.nodes = new Nodes(
      nodes.map(({ url, body }) => ({
        http: new NacClient({ baseUrl: url, timeoutMs: point.timeoutMs, caFile: point.caFile, headers }),
        pinned: body,
        form: null,
        slash: false,
        csrf: null,
      })),
    );
  }

  /** What ERS finds for a MAC. The filter's colons are percent-encoded; older releases take nothing else. */
  async assignmentsOf(mac: string): Promise<Assignment[]> {
    return this.nodes.ask(async (node) => {
      const { resources, more } = await this.list(node, 'ancendpoint', {
        filter: `macAddress.EQ.${formatMac(mac, 'upper-colons')}`,
      });
      // Part of a list that is not about this MAC would hide what is assigned to it.
      if (more) throw new DriverError('bad-answer', 'ISE did not filter its ANC endpoints by MAC');
      const found = await Promise.all(resources.map(({ id }) => this.assignment(node, id)));
      return found.filter((one) => one !== null);
    });
  }

  /** Every assignment of the deployment, up to a limit, and whether there are more. */
  async allAssignments(limit: number): Promise<{ assignments: Assignment[]; more: boolean }> {
    return this.nodes.ask(async (node) => {
      const ids: string[] = [];
      let more = true;
      for (let page = 1; more && ids.length < limit; page++) {
        const found = await this.list(node, 'ancendpoint', { size: `${PAGE}`, page: `${page}` });
        ids.push(...found.resources.map(({ id }) => id));
        more = found.more && found.resources.length > 0;
      }
      const held = await atOnce(AT_ONCE, ids.slice(0, limit), (id) => this.assignment(node, id));
      return { assignments: held.filter((one) => one !== null), more: more || ids.length > limit };
    });
  }

  /** Something that changes when assignments come or go: the ids of the first of them. */
  async fingerprint(): Promise<string> {
    const { resources } = await this.nodes.ask((node) => this.list(node, 'ancendpoint', { size: `${PAGE}` }));
    return resources
      .map(({ id }) => id)
      .sort()
      .join(' ');
  }

  /** Null: ISE has no policy of this name. */
  async policyActions(name: string): Promise<string[] | null> {
    const path = `/ers/config/ancpolicy/name/${encodeURIComponent(name)}`;
    const answer = await this.nodes.ask((node) => this.get(node, path));
    if (answer.status === 404) return null;
    return parsed(expectOk(answer), parseAncPolicy).actions;
  }

  /** Resolves where the account is accepted and ERS answers; each node by itself. */
  async reachEach(): Promise<PromiseSettledResult<void>[]> {
    return this.nodes.each(async (node) => void expectOk(await this.get(node, `${ANC_BASE}/versioninfo`)));
  }

  /**
   * Assigns or takes away. A node that may not write passes it on: 403 and 405 have changed nothing. Throws ErsRefusal
   * where ERS refuses, and `no-answer` where its answer is lost.
   */
  async write(what: 'apply' | 'clear', mac: string, policyName: string): Promise<void> {
    await this.nodes.ask((node) => this.writeAt(node, what, mac, policyName), mayPassOn);
  }

  async close(): Promise<void> {
    await this.nodes.each(async ({ http }) => http.close());
  }

  private async writeAt(node: Node, what: 'apply' | 'clear', mac: string, policyName: string): Promise<void> {
    let refusal: ErsRefusal | null = null;
    for (const form of formsToTry(node.pinned, node.form)) {
      const json = ancBody(form, mac, policyName);
      let answer = await this.put(node, `${ANC_BASE}/${what}`, json);
      if (needsCsrf(answer.status) && (await this.fetchCsrf(node))) {
        answer = await this.put(node, `${ANC_BASE}/${what}`, json);
      }
      if (answer.status === 200 || answer.status === 204) {
        node.form = form;
        return;
      }
      refusal ??= refusalOf(answer);
      // A body that is not understood is a 400; one that was stored and could not be told to a switch may be one too.
      if (answer.status !== 400 || isRadiusFailure(refusal.titles)) throw refusal;
    }
    // The learned form is refused too: perhaps the node has been upgraded, and the next write asks anew.
    node.form = null;
    throw refusal ?? new DriverError('refused', 'no body is left to try');
  }

  /** Whether the node hands out tokens against cross-site requests, and so wants one. */
  private async fetchCsrf(node: Node): Promise<boolean> {
    const answer = await this.get(node, `${ANC_BASE}/versioninfo`, { 'X-CSRF-TOKEN': 'fetch' });
    node.csrf = csrfOf(answer.headers);
    return node.csrf !== null;
  }

  private async list(node: Node, resource: string, query: Record<string, string>): Promise<ListPage> {
    const answer = await this.get(node, listPath(resource, node.slash, query));
    if (answer.status !== 404) return parsed(expectOk(answer), parseList);
    const other = await this.get(node, listPath(resource, !node.slash, query));
    const page = parsed(expectOk(other), parseList);
    node.slash = !node.slash;
    return page;
  }

  /** Null: it has been taken away since it was listed. */
  private async assignment(node: Node, id: string): Promise<Assignment | null> {
    const answer = await this.get(node, `${ANC_BASE}/${encodeURIComponent(id)}`);
    return answer.status === 404 ? null : parsed(expectOk(answer), parseAncEndpoint);
  }

  private async get(node: Node, path: string, headers: Record<string, string> = {}): Promise<NacAnswer> {
    await this.pace.turn();
    return node.http.request({ method: 'GET', path, headers, expect: ANSWERS });
  }

  private async put(node: Node, path: string, json: unknown): Promise<NacAnswer> {
    await this.pace.turn();
    const headers = node.csrf === null ? {} : { 'X-CSRF-TOKEN': node.csrf.token, Cookie: node.csrf.cookie };
    return node.http.request({ method: 'PUT', path, json, headers, expect: ANSWERS });
  }
}

function mayPassOn(error: unknown): boolean {
  return isUnreachable(error) || (error instanceof ErsRefusal && (error.status === 403 || error.status === 405));
}

function expectOk(answer: NacAnswer): NacAnswer {
  if (answer.status === 200) return answer;
  throw refusalOf(answer);
}

function refusalOf(answer: NacAnswer): ErsRefusal {
  return new ErsRefusal(answer.status, ersTitles(answer.text));
}

function parsed<T>(answer: NacAnswer, parse: (json: unknown) => T): T {
  try {
    return parse(answer.json());
  } catch {
    throw new DriverError('bad-answer', 'ISE answered with something that is not what ERS answers');
  }
}
