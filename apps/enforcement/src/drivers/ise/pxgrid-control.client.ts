import type { z } from 'zod';
import { DriverError, SecretFile } from '#driver';
import { NacClient } from '../http/nac.client.js';
import type { IsePoint } from './config.js';
import { Nodes } from './nodes.client.js';
import {
  CONTROL_BASE,
  SERVICE,
  accessSecret,
  accountActivated,
  servicesFound,
  type AccountState,
  type PxgridService,
} from './wire/pxgrid.js';

/** Where to listen, and to what. */
export interface Subscription {
  url: string;
  /** The node's name, which STOMP's `host` header wants. */
  host: string;
  secret: string;
  topics: { anc: string | null; session: string | null };
}

/** pxGrid's control plane: REST with the account's name and password. */
export class PxgridControlClient {
  private readonly nodes: Nodes<NacClient>;

  constructor(
    point: IsePoint,
    private readonly account: NonNullable<IsePoint['pxgrid']>,
  ) {
    const password = new SecretFile(account.passwordFile);
    const headers = async (): Promise<Record<string, string>> => ({
      Accept: 'application/json',
      Authorization: `Basic ${Buffer.from(`${account.nodeName}:${await password.read()}`).toString('base64')}`,
    });
    this.nodes = new Nodes(
      account.nodes.map(
        (baseUrl) => new NacClient({ baseUrl, timeoutMs: point.timeoutMs, caFile: point.caFile, headers }),
      ),
    );
  }

  /** Asks for the account to be let in; PENDING until somebody has approved it in ISE. */
  async activate(): Promise<AccountState> {
    const answer = await this.post('AccountActivate', { description: 'Lazaret' }, accountActivated);
    return answer.accountState;
  }

  /** Every node that publishes what we follow, each with the secret that it and we share. */
  async subscriptions(): Promise<Subscription[]> {
    const [anc, session] = [await this.lookup(SERVICE.anc), await this.lookup(SERVICE.session)];
    const topics = { anc: propertyOf(anc, 'statusTopic'), session: propertyOf(session, 'sessionTopic') };
    const pubsub = propertyOf(anc, 'wsPubsubService') ?? propertyOf(session, 'wsPubsubService');
    if (pubsub === null) throw new DriverError('refused', 'pxGrid names no service that publishes ANC or sessions');
    const nodes = await this.lookup(pubsub);
    const found: Subscription[] = [];
    for (const { nodeName, properties } of nodes) {
      const url = properties['wsUrl'];
      // An address without TLS would carry the secret in the open.
      if (url === undefined || !url.startsWith('wss://')) continue;
      const { secret } = await this.post('AccessSecret', { peerNodeName: nodeName }, accessSecret);
      found.push({ url, host: nodeName, secret, topics });
    }
    if (found.length === 0) throw new DriverError('refused', 'pxGrid names no node that publishes over wss');
    return found;
  }

  async close(): Promise<void> {
    await this.nodes.each(async (node) => node.close());
  }

  private async lookup(name: string): Promise<PxgridService[]> {
    return (await this.post('ServiceLookup', { name }, servicesFound)).services;
  }

  private async post<T>(operation: string, json: unknown, schema: z.ZodType<T>): Promise<T> {
    const answer = await this.nodes.ask((node) =>
      node.request({ method: 'POST', path: `${CONTROL_BASE}/${operation}`, json, expect: [200, 403] }),
    );
    if (answer.status === 403) {
      const { nodeName } = this.account;
      throw new DriverError('misconfigured', `pxGrid does not let ${nodeName} in: is its account approved in ISE?`);
    }
    const parsed = schema.safeParse(answer.json());
    if (!parsed.success) throw new DriverError('bad-answer', `pxGrid answered ${operation} with something else`);
    return parsed.data;
  }
}

function propertyOf(services: readonly PxgridService[], name: string): string | null {
  return services.map(({ properties }) => properties[name]).find((value) => value !== undefined) ?? null;
}
