import { DriverError, SecretFile } from '#driver';
import { z } from 'zod';
import { NacClient, type NacAnswer } from '../http/nac.client.js';
import { parsed } from '../http/parsed.js';
import { TokenClient, type Token } from '../http/token.client.js';
import type { PacketFencePoint } from './config.js';
import { locationOf, locationsAt, parseOpenLocations, type Location } from './wire/location.js';
import { newestAuditOf, parseAudit, type AuditRow } from './wire/radius-audit.js';
import type { Search } from './wire/search.js';
import { parseSwitch, type SwitchConfig } from './wire/switch-config.js';
import {
  applyBody,
  closeBody,
  parseApplied,
  parseOpenEvents,
  parseRuleActions,
  openOf,
  parseOpenMacs,
  parseRuleChangesAccess,
  type OpenEvent,
} from './wire/security-event.js';

const BASE = '/api/v1';
const TOKEN_SECONDS = 600;

/** PacketFence's REST API: what is open for a node, where it is, and what became of what its switch was asked. */
export class PacketFenceClient {
  private readonly http: NacClient;
  private readonly api: TokenClient;
  private readonly password: SecretFile;

  constructor(private readonly point: PacketFencePoint) {
    const { url, timeoutMs, caFile, passwordFile } = point;
    this.password = new SecretFile(passwordFile);
    this.http = new NacClient({ baseUrl: url, timeoutMs, caFile });
    // The token as it is: the published description says bearer, the server takes the token alone.
    this.api = new TokenClient(
      this.http,
      () => this.login(),
      (token) => ({ Authorization: token }),
    );
  }

  async ping(): Promise<void> {
    await this.get('/queues/stats', [200]);
  }

  async knowsNode(mac: string): Promise<boolean> {
    return (await this.get(`/node/${mac}`, [200, 404])).status === 200;
  }

  async openEvents(mac: string): Promise<OpenEvent[]> {
    const answer = await this.get(`/node/${mac}/security_events`, [200, 404]);
    return answer.status === 404 ? [] : parseOpenEvents(answer.json());
  }

  /** Whether what is open by this rule concerns the network. A rule that can't be read is taken to. */
  async ruleChangesAccess(rule: string): Promise<boolean> {
    const answer = await this.get(`/config/security_event/${rule}`, [200, 403, 404]);
    return answer.status === 200 ? parseRuleChangesAccess(answer.json()) : true;
  }

  /** Null: there is no such rule. */
  async ruleActions(rule: string): Promise<string[] | null> {
    const answer = await this.get(`/config/security_event/${rule}`, [200, 404]);
    return answer.status === 404 ? null : parseRuleActions(answer.json());
  }

  /** Opens an event, or finds the one that is open: the row's id. It asks nobody, and would make a node of any MAC. */
  async applyEvent(mac: string, rule: string): Promise<string> {
    return parseApplied((await this.put(`/node/${mac}/apply_security_event`, [200], applyBody(rule))).json());
  }

  /** False: there is no such row for this MAC. */
  async closeEvent(mac: string, row: string): Promise<boolean> {
    return (await this.put(`/node/${mac}/close_security_event`, [200, 404], closeBody(row))).status === 200;
  }

  /** Asks for the forced re-evaluation, and returns before it is done. False: PacketFence knows no live place of it. */
  async reevaluate(mac: string): Promise<boolean> {
    return (await this.put(`/node/${mac}/reevaluate_access`, [200, 404, 422])).status === 200;
  }

  /** `no-location`: nowhere to be found; `not-wired`: PacketFence bounces no radio. */
  async restartPort(mac: string): Promise<'asked' | 'no-location' | 'not-wired'> {
    const { status } = await this.put(`/node/${mac}/restart_switchport`, [200, 404, 422]);
    return status === 200 ? 'asked' : status === 404 ? 'no-location' : 'not-wired';
  }

  /** Null: PacketFence has no switch of this name or address. */
  async switchConfig(name: string): Promise<SwitchConfig | null> {
    const answer = await this.get(`/config/switch/${encodeURIComponent(name)}`, [200, 404]);
    return answer.status === 404 ? null : parseSwitch(answer.json());
  }

  /** The MACs for which an event of this rule is open. */
  async openFor(rule: string): Promise<string[]> {
    return parseOpenMacs(await this.search('security_events', openOf(rule)));
  }

  async locations(mac: string): Promise<Location[]> {
    return parseOpenLocations(await this.search('locationlogs', locationOf(mac)));
  }

  async locationsBeside(location: Location): Promise<Location[]> {
    return parseOpenLocations(await this.search('locationlogs', locationsAt(location)));
  }

  async audit(mac: string): Promise<AuditRow[]> {
    return parseAudit(await this.search('radius_audit_logs', newestAuditOf(mac)));
  }

  close(): void {
    this.api.close();
  }

  private async login(): Promise<Token> {
    const password = await this.password.read();
    const answer = await this.http.request({
      method: 'POST',
      path: `${BASE}/login`,
      json: { username: this.point.user, password },
      expect: [200, 401],
      changes: false,
      secrets: [password],
    });
    if (answer.status === 401) {
      const { user, passwordFile } = this.point;
      throw new DriverError('misconfigured', `PacketFence does not take user ${user} with what is in ${passwordFile}`);
    }
    const { token } = parsed(z.object({ token: z.string().min(1) }), answer.json(), 'the answer to login');
    return { value: token, seconds: TOKEN_SECONDS };
  }

  private get(path: string, expect: number[]): Promise<NacAnswer> {
    return this.api.request({ method: 'GET', path: BASE + path, expect });
  }

  private put(path: string, expect: number[], json?: unknown): Promise<NacAnswer> {
    return this.api.request({ method: 'PUT', path: BASE + path, json: json ?? {}, expect });
  }

  private async search(what: string, json: Search): Promise<unknown> {
    const path = `${BASE}/${what}/search`;
    const answer = await this.api.request({ method: 'POST', path, json, expect: [200], changes: false });
    return answer.json();
  }
}
