import { Later } from '../../http/testing/later.js';
import { bodyOf, json, type NacModel } from '../../http/testing/stand-in.client.js';
import type { PeerAnswer, PeerRequest } from '../../http/testing/https-peer.client.js';
import { formatMac, macOf } from '../../mac.js';

interface Endpoint {
  status: string;
  attributes: Record<string, string>;
}
interface Session {
  id: number;
  role: string;
}

export type ActionEnd =
  'success' | 'failed: the switch did not answer' | 'failed: No active session found' | 'in_progress';

const HOME = 'Modality';
const ISOLATED = 'Lazaret-Modality';

/** ClearPass in memory: attributes move no session; an action does, some time after it was accepted. */
export class ClearPassModel implements NacModel {
  readonly refusal = json(403, { title: 'Forbidden', status: 403, detail: 'You are not allowed to do that' });
  readonly endpoints = new Map<string, Endpoint>();
  readonly sessions = new Map<string, Session>();
  readonly profiles = new Set(['Lazaret Isolate', 'Lazaret Release']);
  readonly tokens = new Set<string>();
  readonly actions = new Map<string, string>();
  actionEnd: ActionEnd = 'success';
  secret = '';
  private last = 3000;
  private readonly later = new Later();

  constructor(macs: readonly string[]) {
    for (const mac of macs) {
      this.endpoints.set(mac, { status: 'Known', attributes: { Location: 'radiology' } });
      this.connect(mac);
    }
  }

  /** The device authenticates: its attributes are read. */
  connect(mac: string): void {
    const role = this.endpoints.get(mac)?.attributes['Lazaret-Policy'] === 'modality' ? ISOLATED : HOME;
    this.sessions.set(mac, { id: this.next(), role });
  }

  changes({ method, path }: PeerRequest): boolean {
    return method !== 'GET' && path !== '/api/oauth';
  }

  acknowledgement({ path }: PeerRequest): PeerAnswer {
    return path.startsWith('/api/session-action') ? this.newAction(() => undefined) : json(200, {});
  }

  answer(request: PeerRequest): PeerAnswer {
    const { method, path, headers } = request;
    if (path === '/api/oauth') return this.login(bodyOf(request));
    const [scheme, token = ''] = (headers.authorization ?? '').split(' ');
    if (scheme !== 'Bearer' || !this.tokens.has(token)) return json(401, { title: 'Unauthorized', status: 401 });
    const [, , kind, what = '', name = '', mac = ''] = path.split('/');
    if (path === '/api/oauth/me') return json(200, { info: 'lazaret' });
    if (kind === 'enforcement-profile')
      return this.profiles.has(mac || name) ? json(200, { name: mac }) : json(404, {});
    if (kind === 'endpoint' && what === 'mac-address') return this.endpointAt(macOf(name) ?? '', request);
    if (kind === 'endpoint' && method === 'GET') return this.searchEndpoints(request);
    if (kind === 'session' && method === 'GET') return this.listSessions(request);
    if (kind === 'session') return this.actOnSession(what, name);
    if (kind === 'session-action' && method === 'GET')
      return json(200, { action_id: what, status: this.actions.get(what) });
    if (kind === 'session-action' && name === 'mac') return this.sessionAction(what, macOf(mac) ?? '', bodyOf(request));
    throw new Error('unknown request');
  }

  stateOf(mac: string): string {
    const { status, attributes } = this.endpoint(mac);
    const set = Object.entries(attributes).filter(([, value]) => value !== '');
    return JSON.stringify([status, set.sort(), this.sessions.get(mac)?.role]);
  }

  isIsolated(mac: string): boolean {
    return this.sessions.get(mac)?.role === ISOLATED;
  }

  changeByHand(mac: string): void {
    Object.assign(this.endpoint(mac).attributes, { 'Lazaret-Policy': 'by-hand' });
    this.connect(mac);
  }

  endSession(mac: string): void {
    this.sessions.delete(mac);
  }

  endpoint(mac: string): Endpoint {
    const endpoint = this.endpoints.get(mac);
    if (!endpoint) throw new Error(`no endpoint ${mac}`);
    return endpoint;
  }

  stop(): void {
    this.later.stop();
  }

  private login(body: Record<string, unknown>): PeerAnswer {
    const isOurs = body['client_id'] === 'lazaret' && body['client_secret'] === this.secret;
    if (body['grant_type'] !== 'client_credentials' || !isOurs) return json(400, { error: 'invalid_client' });
    const token = `token-${this.next()}-for-tests`;
    this.tokens.add(token);
    return json(200, { access_token: token, expires_in: 28_800, token_type: 'Bearer', scope: null });
  }

  private endpointAt(mac: string, request: PeerRequest): PeerAnswer {
    const endpoint = this.endpoints.get(mac);
    if (!endpoint) return json(404, { title: 'Not Found', status: 404 });
    if (request.method === 'PATCH') {
      Object.assign(endpoint.attributes, bodyOf(request)['attributes']);
    } else if (request.method !== 'GET') throw new Error('unknown request');
    return json(200, { id: 1, mac_address: formatMac(mac, 'plain'), ...endpoint });
  }

  private searchEndpoints({ query }: PeerRequest): PeerAnswer {
    const [[name, value] = ['', '']] = Object.entries(
      JSON.parse(query.get('filter') ?? '{}') as Record<string, string>,
    );
    const items = [...this.endpoints]
      .filter(([, { attributes }]) => attributes[name] === value)
      .map(([mac]) => ({ mac_address: formatMac(mac, 'plain') }));
    return json(200, { _embedded: { items } });
  }

  private listSessions({ query }: PeerRequest): PeerAnswer {
    const { mac_address } = JSON.parse(query.get('filter') ?? '{}') as { mac_address?: string };
    const mac = macOf(mac_address ?? '') ?? '';
    const session = this.sessions.get(mac);
    const base = { mac_address: formatMac(mac, 'upper-dashes'), nasipaddress: '10.99.0.2', nasportid: '1/1/7' };
    const ended = { id: 1, ...base, acctstoptime: '2026-11-24 10:00:00', state: 'closed', role_name: ISOLATED };
    const live = session && { id: session.id, ...base, acctstoptime: null, state: 'active', role_name: session.role };
    return json(200, { _embedded: { items: [...(live ? [live] : []), ended] } });
  }

  private actOnSession(id: string, what: string): PeerAnswer {
    const mac = [...this.sessions].find(([, session]) => `${session.id}` === id)?.[0];
    if (mac === undefined) return json(404, { title: 'Not Found', status: 404 });
    if (what !== 'disconnect' && what !== 'reauthorize') throw new Error('unknown request');
    this.later.do(() => this.connect(mac));
    return json(200, { error: 0, message: 'RADIUS request sent' });
  }

  private sessionAction(what: string, mac: string, body: Record<string, unknown>): PeerAnswer {
    if (what === 'disconnect') return this.newAction(() => this.connect(mac));
    const profiles = body['enforcement_profile'];
    if (!Array.isArray(profiles) || profiles.length === 0)
      return json(422, { detail: 'enforcement_profile is required' });
    return this.newAction(() => {
      const session = this.sessions.get(mac);
      if (session) session.role = profiles.includes('Lazaret Isolate') ? ISOLATED : HOME;
    });
  }

  private newAction(carryOut: () => void): PeerAnswer {
    const id = `${this.next()}`;
    this.actions.set(id, 'in_progress');
    this.later.do(() => {
      this.actions.set(id, this.actionEnd);
      if (this.actionEnd === 'success') carryOut();
    });
    return json(202, { action_id: id });
  }

  private next(): number {
    this.last += 1;
    return this.last;
  }
}
