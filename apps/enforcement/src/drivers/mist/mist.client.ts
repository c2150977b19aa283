import { SecretFile } from '#driver';
import { NacClient, type NacAnswer } from '../http/nac.client.js';
import { formatMac, macOf } from '../mac.js';
import type { MistPoint } from './config.js';
import { deviceIdOf, parseNacClients, parseWiredMacs, type NacClientState } from './wire/nac-client.js';
import { ruleProblem } from './wire/nac-rule.js';
import { parseUserMacs, type UserMac } from './wire/user-mac.js';

/** Mist's API, for one organization and one site of it. */
export class MistClient {
  private readonly http: NacClient;
  private readonly org: string;
  private readonly site: string;

  constructor({ url, timeoutMs, caFile, tokenFile, orgId, siteId }: MistPoint) {
    const token = new SecretFile(tokenFile);
    const headers = async (): Promise<Record<string, string>> => ({ Authorization: `Token ${await token.read()}` });
    this.http = new NacClient({ baseUrl: url, timeoutMs, caFile, headers });
    this.org = `/api/v1/orgs/${orgId}`;
    this.site = `/api/v1/sites/${siteId}`;
  }

  async ping(): Promise<void> {
    await this.get(`${this.org}/nacrules`);
  }

  async ruleProblem(rule: string, label: string): Promise<string | null> {
    const [rules, tags] = await Promise.all([this.get(`${this.org}/nacrules`), this.get(`${this.org}/nactags`)]);
    return ruleProblem(rules.json(), tags.json(), rule, label);
  }

  /** Null: the organization has no user MAC for it. */
  async userMac(mac: string): Promise<UserMac | null> {
    const answer = await this.get(`${this.org}/usermacs/search?mac=${formatMac(mac, 'plain')}`);
    return parseUserMacs(answer.json()).find((one) => macOf(one.mac) === mac) ?? null;
  }

  async userMacsWith(label: string): Promise<UserMac[]> {
    const answer = await this.get(`${this.org}/usermacs/search?labels=${label}&limit=1000`);
    return parseUserMacs(answer.json()).filter(({ labels }) => labels?.includes(label));
  }

  /** Takes the place of the record: it must be the whole of it. */
  async writeUserMac(userMac: UserMac): Promise<void> {
    const path = `${this.org}/usermacs/${encodeURIComponent(userMac.id)}`;
    await this.http.request({ method: 'PUT', path, json: userMac, expect: [200] });
  }

  async nacClients(mac: string): Promise<NacClientState[]> {
    return parseNacClients(
      (await this.get(`${this.org}/nac_clients/search?mac=${formatMac(mac, 'plain')}`)).json(),
      mac,
    );
  }

  /** False: Mist knows no live client of this MAC. */
  async changeAuthorization(mac: string): Promise<boolean> {
    const path = `${this.site}/wired_clients/${formatMac(mac, 'plain')}/coa`;
    return (await this.http.request({ method: 'POST', path, expect: [200, 404] })).status === 200;
  }

  async macsAt(deviceMac: string, port: string): Promise<string[]> {
    const query = `device_mac=${deviceMac}&port_id=${encodeURIComponent(port)}`;
    return parseWiredMacs((await this.get(`${this.site}/wired_clients/search?${query}`)).json());
  }

  async bouncePort(deviceMac: string, port: string): Promise<void> {
    const path = `${this.site}/devices/${deviceIdOf(deviceMac)}/bounce_port`;
    await this.http.request({ method: 'POST', path, json: { ports: [port] }, expect: [200] });
  }

  close(): void {
    this.http.close();
  }

  private get(path: string): Promise<NacAnswer> {
    return this.http.request({ method: 'GET', path, expect: [200] });
  }
}
