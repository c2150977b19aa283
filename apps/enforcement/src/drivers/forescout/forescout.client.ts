import { DriverError, SecretFile } from '#driver';
import { NacClient } from '../http/nac.client.js';
import { TokenClient, type Token } from '../http/token.client.js';
import { formatMac } from '../mac.js';
import type { ForescoutPoint } from './config.js';
import { parseUpdateAnswer, updateRequest } from './wire/data-exchange.js';
import { parseFieldNames, parseHost, type HostFields } from './wire/host.js';

/** A session of the web API is given for some minutes, which it does not tell. */
const TOKEN_SECONDS = 300;

/** Forescout's two interfaces: the web API reads, Data Exchange writes properties. */
export class ForescoutClient {
  private readonly http: NacClient;
  private readonly web: TokenClient;
  private readonly exchange: NacClient;
  private readonly webPassword: SecretFile;

  constructor(private readonly point: ForescoutPoint) {
    const { url, web, dataExchange, timeoutMs, caFile } = point;
    const password = new SecretFile(dataExchange.passwordFile);
    this.webPassword = new SecretFile(web.passwordFile);
    this.http = new NacClient({ baseUrl: web.url ?? url, timeoutMs, caFile });
    this.web = new TokenClient(
      this.http,
      () => this.login(),
      (token) => ({ Authorization: token }),
    );
    const basic = async (): Promise<string> =>
      Buffer.from(`${dataExchange.user}:${await password.read()}`).toString('base64');
    const headers = async (): Promise<Record<string, string>> => ({ Authorization: `Basic ${await basic()}` });
    this.exchange = new NacClient({ baseUrl: url, timeoutMs, caFile, headers });
  }

  async fieldNames(): Promise<string[]> {
    return parseFieldNames((await this.web.request({ method: 'GET', path: '/api/hostfields', expect: [200] })).json());
  }

  /** Null: Forescout does not know the MAC. */
  async host(mac: string): Promise<HostFields | null> {
    const path = `/api/hosts/mac/${formatMac(mac, 'plain')}`;
    const answer = await this.web.request({ method: 'GET', path, expect: [200, 404] });
    return answer.status === 404 ? null : parseHost(answer.json());
  }

  /** Of a host that is known: this call makes any other. */
  async setProperties(mac: string, properties: Readonly<Record<string, string>>): Promise<void> {
    const { text } = await this.exchange.request({
      method: 'POST',
      path: '/fsapi/niCore/Hosts',
      body: updateRequest(mac, properties),
      contentType: 'application/xml',
      headers: { Accept: 'application/xml' },
      expect: [200],
    });
    const { code, message, madeHost } = parseUpdateAnswer(text);
    if (code !== 'FSAPI_OK')
      throw new DriverError('refused', `Forescout refuses the property: ${code} ${message}`.trim());
    if (!madeHost) return;
    throw new DriverError(
      'refused',
      `Forescout has made a host of ${mac}, which it did not know any more: delete it there`,
    );
  }

  close(): void {
    this.web.close();
    this.exchange.close();
  }

  private async login(): Promise<Token> {
    const { user, passwordFile } = this.point.web;
    const password = await this.webPassword.read();
    const answer = await this.http.request({
      method: 'POST',
      path: '/api/login',
      body: new URLSearchParams({ username: user, password }).toString(),
      contentType: 'application/x-www-form-urlencoded',
      expect: [200, 401],
      changes: false,
      secrets: [password],
    });
    if (answer.status === 200) return { value: answer.text.trim(), seconds: TOKEN_SECONDS };
    throw new DriverError('misconfigured', `Forescout does not take user ${user} with what is in ${passwordFile}`);
  }
}
