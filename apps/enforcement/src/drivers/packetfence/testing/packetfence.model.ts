import { Later } from '../../http/testing/later.js';
import { bodyOf, json, type NacModel } from '../../http/testing/stand-in.client.js';
import type { PeerAnswer, PeerRequest } from '../../http/testing/https-peer.client.js';

interface Rule {
  priority: number;
  role: string;
  actions: string[];
}

interface EventRow {
  id: number;
  security_event_id: string;
  status: string;
}

/** What the switch does, which PacketFence only believes to know. */
interface Session {
  vlan: number;
  role: string;
}

interface Node {
  events: EventRow[];
  location: { switch: string; port: string; vlan: number; role: string; session: number; start: number } | null;
  real: Session | null;
}

export type SwitchAnswer = 'ack' | 'timeout' | 'nak' | 'ack-and-nothing';

const VLANS: Record<string, number> = { lazaret: 66, isolation: 99 };

/** PacketFence in memory, with the queue behind its API and a switch that may do otherwise than it is told. */
export class PacketFenceModel implements NacModel {
  readonly refusal = json(422, { status: 422, message: 'Unable to process the request' });
  readonly rules = new Map<string, Rule>([
    ['1100099', { priority: 2, role: 'lazaret', actions: ['reevaluate_access', 'log'] }],
    ['1100010', { priority: 1, role: 'isolation', actions: ['reevaluate_access', 'email_admin'] }],
    ['1100020', { priority: 4, role: 'isolation', actions: ['log'] }],
  ]);
  readonly nodes = new Map<string, Node>();
  readonly audit: { id: number; mac: string; auth_status: string; reason: string; switch_ip_address: string }[] = [];
  /** What the switch was asked, in order. */
  readonly asked: string[] = [];
  readonly tokens = new Set<string>();
  switchAnswer: SwitchAnswer = 'ack';
  switchMode = 'production';
  lazaretVlan = '66';
  normalVlan = 10;
  password = '';
  private last = 1000;
  private readonly queue = new Later();

  constructor(macs: readonly string[]) {
    macs.forEach((mac, index) => this.plug(mac, `${7 + index}`));
  }

  plug(mac: string, port: string): void {
    const session = { vlan: 10, role: 'imaging' };
    const at = { switch: '10.99.0.2', port, ...session, session: this.next(), start: this.next() };
    this.nodes.set(mac, { events: [], location: at, real: session });
    this.log(mac, 'Accept', '');
  }

  changes({ method }: PeerRequest): boolean {
    return method === 'PUT';
  }

  acknowledgement({ path }: PeerRequest): PeerAnswer {
    return json(200, path.endsWith('apply_security_event') ? { id: this.next() } : {});
  }

  answer(request: PeerRequest): PeerAnswer {
    const { method, path, headers } = request;
    if (path === '/api/v1/login') return this.login(bodyOf(request));
    if (!this.tokens.has(headers.authorization ?? '')) return json(401, { message: 'Unauthorized' });
    const [, , , kind, id = '', what = ''] = path.split('/');
    if (method === 'GET' && kind === 'queues') return json(200, { items: [] });
    if (method === 'GET' && kind === 'config') return this.config(id, what);
    if (method === 'POST' && id === 'search') return this.search(kind ?? '', bodyOf(request));
    if (kind === 'node' && method === 'GET') return this.readNode(id, what);
    if (kind === 'node' && method === 'PUT') return this.changeNode(id, what, request);
    throw new Error('unknown request');
  }

  stateOf(mac: string): string {
    const { events, location, real } = this.node(mac);
    const open = events.filter(({ status }) => status === 'open').map(({ security_event_id }) => security_event_id);
    return JSON.stringify({ open, believed: location && [location.vlan, location.role], real });
  }

  isIsolated(mac: string): boolean {
    return this.node(mac).real?.vlan === 66;
  }

  changeByHand(mac: string): void {
    this.openEvent(mac, '1100010');
    this.carryOut(mac, true);
  }

  endSession(mac: string): void {
    Object.assign(this.node(mac), { location: null, real: null });
  }

  openEvent(mac: string, rule: string): EventRow {
    const event = { id: this.next(), security_event_id: rule, status: 'open' };
    this.node(mac).events.push(event);
    return event;
  }

  node(mac: string): Node {
    const node = this.nodes.get(mac);
    if (!node) throw new Error(`no node ${mac}`);
    return node;
  }

  stop(): void {
    this.queue.stop();
  }

  private login({ username, password }: Record<string, unknown>): PeerAnswer {
    if (username !== 'lazaret' || password !== this.password) return json(401, { message: 'Unauthorized' });
    const token = `token-${this.next()}-for-tests`;
    this.tokens.add(token);
    return json(200, { token });
  }

  private config(kind: string, id: string): PeerAnswer {
    if (kind === 'switch') {
      if (id !== '10.99.0.2') return json(404, { message: 'Unknown switch' });
      return json(200, { item: { id, mode: this.switchMode, isolationVlan: '99', lazaretVlan: this.lazaretVlan } });
    }
    const rule = this.rules.get(id);
    return rule ? json(200, { item: { id, ...rule } }) : json(404, { message: 'Unknown security event' });
  }

  private search(kind: string, { query, fields, sort }: Record<string, unknown>): PeerAnswer {
    if (!Array.isArray(fields) || !Array.isArray(sort)) throw new Error('fields and sort are lists');
    const conditions = (query as { values: { field: string; op: string; value: string }[] }).values;
    if (conditions.some(({ op }) => op !== 'equals')) throw new Error('only equals is planned for');
    const rows = this.rowsOf(kind);
    const items = rows.filter((row) => conditions.every(({ field, value }) => `${row[field] as string}` === value));
    return json(200, { items, nextCursor: 0, prevCursor: 0 });
  }

  private rowsOf(kind: string): Record<string, unknown>[] {
    if (kind === 'locationlogs') return this.locationRows();
    if (kind === 'radius_audit_logs') return [...this.audit].reverse();
    if (kind !== 'security_events') throw new Error('unknown search');
    return [...this.nodes].flatMap(([mac, { events }]) => events.map((event) => ({ ...event, mac })));
  }

  private locationRows(): Record<string, unknown>[] {
    return [...this.nodes].flatMap(([mac, { location }]) =>
      location === null
        ? []
        : {
            mac,
            switch: location.switch,
            switch_ip: location.switch,
            switch_mac: null,
            port: location.port,
            vlan: `${location.vlan}`,
            role: location.role,
            session_id: `session-${location.session}`,
            start_time: `2026-11-25 02:00:${location.start}`,
            end_time: '0000-00-00 00:00:00',
          },
    );
  }

  private readNode(mac: string, what: string): PeerAnswer {
    const node = this.nodes.get(mac);
    if (!node) return json(404, { message: 'Unknown node' });
    if (what === '') return json(200, { item: { mac, status: 'reg' } });
    if (what !== 'security_events') throw new Error('unknown request');
    return json(200, { items: node.events.filter(({ status }) => status === 'open') });
  }

  private changeNode(mac: string, what: string, request: PeerRequest): PeerAnswer {
    switch (what) {
      case 'apply_security_event':
        return this.applyEvent(mac, `${bodyOf(request)['security_event_id'] as string}`);
      case 'close_security_event':
        return this.closeEvent(mac, `${bodyOf(request)['security_event_id'] as string}`);
      case 'reevaluate_access':
        if (!this.nodes.get(mac)?.location) return json(422, { message: 'Unable to re-evaluate access' });
        this.enqueue(mac, true);
        return json(200, {});
      case 'restart_switchport':
        if (!this.nodes.get(mac)?.location) return json(404, { message: 'Unable to find node location' });
        this.enqueue(mac, true);
        return json(200, {});
      default:
        throw new Error('unknown request');
    }
  }

  /** The rule's number opens; the node is made if it was unknown; an open event of the rule is found again. */
  private applyEvent(mac: string, number: string): PeerAnswer {
    const rule = this.rules.get(number);
    if (!rule) return json(422, { message: 'Unable to apply: unknown security event' });
    if (!this.nodes.has(mac)) this.nodes.set(mac, { events: [], location: null, real: null });
    const open = this.node(mac).events.find((one) => one.security_event_id === number && one.status === 'open');
    const event = open ?? this.openEvent(mac, number);
    if (!open && rule.actions.includes('reevaluate_access')) this.enqueue(mac, false);
    return json(200, { id: event.id });
  }

  /** The row's number closes; a rule's number finds no row. */
  private closeEvent(mac: string, rowId: string): PeerAnswer {
    const event = this.nodes.get(mac)?.events.find(({ id, status }) => `${id}` === rowId && status === 'open');
    if (!event) return json(404, { message: 'Unknown security event' });
    event.status = 'closed';
    this.enqueue(mac, false);
    return json(200, {});
  }

  /** The API has answered by then. */
  private enqueue(mac: string, forced: boolean): void {
    this.queue.do(() => this.carryOut(mac, forced));
  }

  /** Not forced, it compares with its own record, not with the switch. */
  private carryOut(mac: string, forced: boolean): void {
    const node = this.node(mac);
    const role = this.roleOf(node);
    const vlan = role === 'imaging' ? this.normalVlan : (VLANS[role] ?? 0);
    if (!node.location || (!forced && node.location.vlan === vlan)) return;
    if (this.switchMode !== 'production') return;
    this.asked.push(`${mac} ${forced ? 'forced' : 'plain'}`);
    if (this.switchAnswer === 'timeout') return this.log(mac, 'Error - Timeout', '');
    if (this.switchAnswer === 'nak') return this.log(mac, 'Disconnect-NAK', 'Session-Context-Not-Found');
    this.log(mac, 'Disconnect-ACK', '');
    if (this.switchAnswer === 'ack-and-nothing') return;
    node.real = { vlan, role };
    node.location = { ...node.location, vlan, role, session: this.next(), start: this.next() };
  }

  private roleOf({ events }: Node): string {
    const roles = events
      .filter(({ status }) => status === 'open')
      .flatMap(({ security_event_id }) => this.rules.get(security_event_id) ?? [])
      .filter(({ actions }) => actions.includes('reevaluate_access'))
      .sort((a, b) => a.priority - b.priority);
    return roles[0]?.role ?? 'imaging';
  }

  private log(mac: string, auth_status: string, reason: string): void {
    this.audit.push({ id: this.next(), mac, auth_status, reason, switch_ip_address: '10.99.0.2' });
  }

  private next(): number {
    this.last += 1;
    return this.last;
  }
}
