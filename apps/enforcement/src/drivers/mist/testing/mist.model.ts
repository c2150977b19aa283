import { Later } from '../../http/testing/later.js';
import { bodyOf, json, type NacModel } from '../../http/testing/stand-in.client.js';
import type { PeerAnswer, PeerRequest } from '../../http/testing/https-peer.client.js';
import { formatMac, macOf } from '../../mac.js';

export const ORG = '0196b8b5-6a3c-7f00-8000-000000000001';
export const SITE = '0196b8b5-6a3c-7f00-8000-000000000002';
export const SWITCH_MAC = '5c5b35000002';

interface UserMac {
  id: string;
  mac: string;
  labels?: string[];
  name?: string;
  notes?: string;
}
interface Client {
  status: 'permitted' | 'session_started' | 'session_ended' | 'denied';
  vlan: number;
  rule: string;
  port: string;
}

const PAGE = { start: 1_764_000_000, end: 1_764_086_400, limit: 100, total: 1 };

/** Mist in memory: labels are read when a client authenticates, which a change of authorization makes it do. */
export class MistModel implements NacModel {
  readonly refusal = json(403, { detail: 'You do not have permission to perform this action.' });
  readonly userMacs = new Map<string, UserMac>();
  readonly clients = new Map<string, Client>();
  readonly rules = [
    { name: 'lazaret', action: 'allow', enabled: true, matching: { nactags: ['tag-label'] }, apply_tags: ['tag-vlan'] },
  ];
  readonly tags = [
    { id: 'tag-label', name: 'lazaret', type: 'match', match: 'usermac_label', values: ['lazaret'] },
    { id: 'tag-vlan', name: 'quarantine', type: 'vlan', vlan: '66', allow_usermac_override: false },
  ];
  token = '';
  private readonly later = new Later();

  constructor(macs: readonly string[]) {
    macs.forEach((mac, index) => {
      const id = `0196b8b5-6a3c-7f00-8000-0000000001${index}0`;
      this.userMacs.set(mac, {
        id,
        mac: formatMac(mac, 'plain'),
        labels: ['modality'],
        name: 'lazaret',
        notes: 'radiology',
      });
      this.clients.set(mac, { status: 'session_started', vlan: 10, rule: 'modalities', port: `ge-0/0/${7 + index}` });
    });
  }

  changes({ method }: PeerRequest): boolean {
    return method !== 'GET';
  }

  acknowledgement(request: PeerRequest): PeerAnswer {
    return request.method === 'PUT' ? json(200, bodyOf(request)) : json(200, {});
  }

  answer(request: PeerRequest): PeerAnswer {
    const { method, path, headers, query } = request;
    if (headers.authorization !== `Token ${this.token}`) return json(401, { detail: 'Authentication credentials' });
    const [, , , , scope, kind = '', id = '', what = ''] = path.split('/');
    if (scope !== ORG && scope !== SITE) return json(404, {});
    if (kind === 'nacrules') return json(200, this.rules);
    if (kind === 'nactags') return json(200, this.tags);
    if (kind === 'usermacs' && id === 'search') return json(200, this.foundMacs(query));
    if (kind === 'usermacs' && method === 'PUT') return this.replace(id, bodyOf(request) as unknown as UserMac);
    if (kind === 'nac_clients') return json(200, { ...PAGE, results: this.foundClients(query.get('mac') ?? '') });
    if (kind === 'wired_clients' && id === 'search')
      return json(200, { ...PAGE, results: this.at(query.get('port_id')) });
    if (kind === 'wired_clients' && what === 'coa') return this.reauthenticate(macOf(id) ?? '');
    if (kind === 'devices' && what === 'bounce_port') return this.bounce(bodyOf(request)['ports'] as string[]);
    throw new Error('unknown request');
  }

  stateOf(mac: string): string {
    const { labels, ...rest } = this.userMacs.get(mac) ?? {};
    const client = this.clients.get(mac);
    return JSON.stringify([rest, [...(labels ?? [])].sort(), client?.vlan, client?.rule]);
  }

  isIsolated(mac: string): boolean {
    const client = this.clients.get(mac);
    return client?.vlan === 66 && client.status !== 'session_ended';
  }

  changeByHand(mac: string): void {
    this.userMac(mac).labels = ['modality', 'soc-quarantine'];
    this.connect(mac);
  }

  endSession(mac: string): void {
    Object.assign(this.clients.get(mac) ?? {}, { status: 'session_ended' });
  }

  userMac(mac: string): UserMac {
    const found = this.userMacs.get(mac);
    if (!found) throw new Error(`no user MAC ${mac}`);
    return found;
  }

  connect(mac: string): void {
    const isOurs = this.userMac(mac).labels?.includes('lazaret');
    const access = isOurs ? { vlan: 66, rule: 'lazaret' } : { vlan: 10, rule: 'modalities' };
    Object.assign(this.clients.get(mac) ?? {}, access, { status: 'session_started' });
  }

  stop(): void {
    this.later.stop();
  }

  private foundMacs(query: URLSearchParams): UserMac[] {
    const [mac, label] = [query.get('mac'), query.get('labels')];
    return [...this.userMacs.values()].filter(
      (one) => (mac === null || one.mac === mac) && (label === null || one.labels?.includes(label)),
    );
  }

  /** What a PUT leaves out is gone. */
  private replace(id: string, record: UserMac): PeerAnswer {
    const mac = [...this.userMacs].find(([, one]) => one.id === id)?.[0];
    if (mac === undefined) return json(404, {});
    this.userMacs.set(mac, { ...record, id });
    return json(200, record);
  }

  private foundClients(mac: string): unknown[] {
    const client = this.clients.get(macOf(mac) ?? '');
    if (!client) return [];
    const { status, vlan, rule, port } = client;
    return [
      {
        mac,
        last_status: status,
        last_vlan: vlan,
        last_nacrule_name: rule,
        last_port_id: port,
        device_mac: SWITCH_MAC,
        nas_ip: '10.99.0.2',
      },
    ];
  }

  private at(port: string | null): unknown[] {
    return [...this.clients]
      .filter(([, client]) => client.port === port)
      .map(([mac]) => ({ mac: formatMac(mac, 'plain') }));
  }

  private reauthenticate(mac: string): PeerAnswer {
    const client = this.clients.get(mac);
    if (!client || client.status === 'session_ended') return json(404, { detail: 'not found' });
    this.later.do(() => this.connect(mac));
    return json(200, { device_mac: SWITCH_MAC, port_id: client.port, session: SITE });
  }

  private bounce(ports: readonly string[]): PeerAnswer {
    for (const [mac, { port }] of this.clients) if (ports.includes(port)) this.later.do(() => this.connect(mac));
    return { status: 200, body: '' };
  }
}
