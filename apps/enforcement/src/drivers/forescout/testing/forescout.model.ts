import { Later } from '../../http/testing/later.js';
import { json, type NacModel } from '../../http/testing/stand-in.client.js';
import type { PeerAnswer, PeerRequest } from '../../http/testing/https-peer.client.js';
import { formatMac } from '../../mac.js';

interface Host {
  properties: Record<string, string>;
  online: boolean;
  vlan: number;
}

/** Forescout in memory: a policy acts on the properties some time after one was set. */
export class ForescoutModel implements NacModel {
  readonly refusal: PeerAnswer = xml('FSAPI_ERR_PERMISSION', 'The account is not allowed to update this property');
  readonly hosts = new Map<string, Host>();
  readonly tokens = new Set<string>();
  readonly properties = ['lazaret_modality', 'PanwIoTQuarantine', 'sw_ip', 'sw_port_desc', 'sw_port_vlan', 'online'];
  password = '';
  /** An old release, which makes a host of any key. */
  makesHosts = false;
  policyActs = true;
  private last = 0;
  private readonly later = new Later();

  constructor(macs: readonly string[]) {
    for (const mac of macs) this.hosts.set(formatMac(mac, 'plain'), { properties: {}, online: true, vlan: 10 });
  }

  changes({ path }: PeerRequest): boolean {
    return path === '/fsapi/niCore/Hosts';
  }

  acknowledgement(): PeerAnswer {
    return xml('FSAPI_OK', 'Successfully updated [1] properties for host.');
  }

  answer(request: PeerRequest): PeerAnswer {
    const { method, path, headers, text } = request;
    if (method === 'POST' && path === '/api/login') return this.login(new URLSearchParams(text));
    if (method === 'POST' && path === '/fsapi/niCore/Hosts') return this.update(headers.authorization, text);
    if (method !== 'GET') throw new Error('the web API only reads');
    if (!this.tokens.has(headers.authorization ?? '')) return json(401, {});
    if (path === '/api/hostfields')
      return json(200, { hostFields: this.properties.map((name) => ({ name, label: name })) });
    const [, mac] = /^\/api\/hosts\/mac\/([0-9a-f]{12})$/.exec(path) ?? [];
    if (mac === undefined) throw new Error('unknown request');
    const host = this.hosts.get(mac);
    return host ? json(200, { host: { id: 1, mac, fields: fieldsOf(host) } }) : json(404, {});
  }

  stateOf(mac: string): string {
    const { properties, vlan } = this.host(mac);
    return JSON.stringify([Object.entries(properties).filter(([, value]) => value !== 'off'), vlan]);
  }

  isIsolated(mac: string): boolean {
    const { online, vlan } = this.host(mac);
    return online && vlan === 66;
  }

  changeByHand(mac: string): void {
    Object.assign(this.host(mac).properties, { lazaret_modality: 'off', PanwIoTQuarantine: 'on' });
    this.act(this.host(mac));
  }

  endSession(mac: string): void {
    this.host(mac).online = false;
  }

  host(mac: string): Host {
    const host = this.hosts.get(formatMac(mac, 'plain'));
    if (!host) throw new Error(`no host ${mac}`);
    return host;
  }

  stop(): void {
    this.later.stop();
  }

  private login(form: URLSearchParams): PeerAnswer {
    if (form.get('username') !== 'lazaret-read' || form.get('password') !== this.password) return json(401, {});
    const token = `token-${++this.last}-for-tests`;
    this.tokens.add(token);
    return { status: 200, body: token };
  }

  private update(authorization: string | undefined, text: string): PeerAnswer {
    const basic = Buffer.from(`lazaret@lazaret:${this.password}`).toString('base64');
    if (authorization !== `Basic ${basic}`) return { status: 401, body: '' };
    const [, mac = ''] = /<HOST_KEY NAME="mac" VALUE="([0-9a-f]{12})"\/>/.exec(text) ?? [];
    const pairs = [...text.matchAll(/<PROPERTY NAME="(\w+)"><VALUE>(\w+)<\/VALUE><\/PROPERTY>/g)];
    if (mac === '' || pairs.length === 0) throw new Error('not the XML that is planned for');
    if (pairs.some(([, name]) => !this.properties.includes(name ?? '')))
      return xml('FSAPI_ERR_UNKNOWN', 'Unknown property');
    const isNew = !this.hosts.has(mac);
    if (isNew && !this.makesHosts) return xml('FSAPI_ERR_NO_HOST', 'No such host');
    if (isNew) this.hosts.set(mac, { properties: {}, online: false, vlan: 10 });
    const host = this.hosts.get(mac)!;
    for (const [, name, value] of pairs) host.properties[name!] = value!;
    this.later.do(() => this.act(host));
    return xml('FSAPI_OK', `Successfully updated [${pairs.length}] properties for ${isNew ? 'new ' : ''}host.`);
  }

  private act(host: Host): void {
    const { properties } = host;
    if (!this.policyActs) return;
    host.vlan = properties['PanwIoTQuarantine'] === 'on' ? 99 : properties['lazaret_modality'] === 'on' ? 66 : 10;
  }
}

function fieldsOf({ properties, online, vlan }: Host): Record<string, unknown> {
  const place = { sw_ip: '10.99.0.2', sw_port_desc: 'Gi1/0/7', sw_port_vlan: `${vlan}`, online: `${online}` };
  return Object.fromEntries(
    Object.entries({ ...place, ...properties }).map(([name, value]) => [name, { timestamp: 1_764_000_000, value }]),
  );
}

function xml(code: string, message: string): PeerAnswer {
  const status = `<STATUS><CODE>${code}</CODE><MESSAGE>${message}</MESSAGE></STATUS>`;
  const body = `<?xml version="1.0" encoding="UTF-8"?><FSAPI TYPE="response" API_VERSION="1.0">${status}</FSAPI>`;
  return { status: 200, body, headers: { 'Content-Type': 'application/xml' } };
}
