import { DriverError, SecretFile } from '#driver';
import { z } from 'zod';
import { NacClient, type NacAnswer, type NacRequest } from '../http/nac.client.js';
import { parsed } from '../http/parsed.js';
import { TokenClient, type Token } from '../http/token.client.js';
import type { ClearPassPoint } from './config.js';
import { parseEndpoint, parseEndpointMacs, type Endpoint } from './wire/endpoint.js';
import { parseActionId, parseActionState, type ActionState } from './wire/session-action.js';
import { parseSessions, sessionFilter, type Session } from './wire/session.js';

const token = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().default(3600) });

/** ClearPass's REST API: endpoints and their attributes, sessions, and actions on them. */
export class ClearPassClient {
  private readonly http: NacClient;
  private readonly api: TokenClient;
  private readonly secret: SecretFile;

  constructor(private readonly point: ClearPassPoint) {
    const { url, timeoutMs, caFile, clientSecretFile } = point;
    this.secret = new SecretFile(clientSecretFile);
    this.http = new NacClient({ baseUrl: url, timeoutMs, caFile });
    this.api = new TokenClient(
      this.http,
      () => this.login(),
      (value) => ({ Authorization: `Bearer ${value}` }),
    );
  }

  async ping(): Promise<void> {
    await this.send({ method: 'GET', path: '/oauth/me', expect: [200] });
  }

  /** Null: ClearPass does not know the MAC. */
  async endpoint(mac: string): Promise<Endpoint | null> {
    const answer = await this.send({ method: 'GET', path: endpointPath(mac), expect: [200, 404] });
    return answer.status === 404 ? null : parseEndpoint(answer.json());
  }

  /** The MACs whose attribute has this value. */
  async endpointsWith(attribute: string, value: string): Promise<string[]> {
    const filter = encodeURIComponent(JSON.stringify({ [attribute]: value }));
    const answer = await this.send({ method: 'GET', path: `/endpoint?filter=${filter}&limit=1000`, expect: [200] });
    return parseEndpointMacs(answer.json());
  }

  /** Other attributes stay as they are. */
  async setAttributes(mac: string, attributes: Readonly<Record<string, string>>): Promise<void> {
    await this.send({ method: 'PATCH', path: endpointPath(mac), json: { attributes }, expect: [200, 204, 304] });
  }

  async sessions(mac: string): Promise<Session[]> {
    const path = `/session?filter=${encodeURIComponent(sessionFilter(mac))}&sort=-id&limit=25`;
    const answer = await this.send({ method: 'GET', path, expect: [200] });
    return parseSessions(answer.json(), mac, this.point.roleField);
  }

  /** The action's id, to ask what came of it; null: none was given. */
  async changeAuthorization(mac: string, profiles: readonly string[]): Promise<string | null> {
    const path = `/session-action/coa/mac/${encodeURIComponent(mac)}?async=true`;
    const answer = await this.send({
      method: 'POST',
      path,
      json: { enforcement_profile: profiles },
      expect: [200, 202],
    });
    return parseActionId(answer.json());
  }

  async actionState(id: string): Promise<ActionState> {
    const path = `/session-action/${encodeURIComponent(id)}`;
    return parseActionState((await this.send({ method: 'GET', path, expect: [200] })).json());
  }

  /** False: the session has ended. */
  async disconnect(sessionId: string): Promise<boolean> {
    return this.actOn(sessionId, 'disconnect', { confirm_disconnect: true });
  }

  async reauthorize(sessionId: string, profile: string): Promise<boolean> {
    return this.actOn(sessionId, 'reauthorize', { confirm_reauthorize: true, reauthorize_profile: profile });
  }

  async hasProfile(name: string): Promise<boolean> {
    const path = `/enforcement-profile/name/${encodeURIComponent(name)}`;
    return (await this.send({ method: 'GET', path, expect: [200, 404] })).status === 200;
  }

  close(): void {
    this.api.close();
  }

  private async actOn(sessionId: string, what: string, body: object): Promise<boolean> {
    const path = `/session/${encodeURIComponent(sessionId)}/${what}`;
    const json = { id: sessionId, ...body };
    return (await this.send({ method: 'POST', path, json, expect: [200, 404] })).status === 200;
  }

  private send(request: NacRequest): Promise<NacAnswer> {
    return this.api.request({ ...request, path: `/api${request.path}` });
  }

  private async login(): Promise<Token> {
    const { clientId, clientSecretFile } = this.point;
    const secret = await this.secret.read();
    const answer = await this.http.request({
      method: 'POST',
      path: '/api/oauth',
      json: { grant_type: 'client_credentials', client_id: clientId, client_secret: secret },
      expect: [200, 400, 401],
      changes: false,
      secrets: [secret],
    });
    if (answer.status !== 200) {
      const why = `ClearPass does not take API client ${clientId} with what is in ${clientSecretFile}`;
      throw new DriverError('misconfigured', why);
    }
    const { access_token, expires_in } = parsed(token, answer.json(), 'the answer to oauth');
    return { value: access_token, seconds: expires_in };
  }
}

function endpointPath(mac: string): string {
  return `/endpoint/mac-address/${encodeURIComponent(mac)}`;
}
