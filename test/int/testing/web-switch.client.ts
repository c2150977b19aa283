import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Driver, PointIsolation } from '#driver';
import type { DriverFixture, Peer, PeerFaults } from '#driver/conformance';

const TOKEN = 'token-of-the-web-switch';
const QUARANTINE_VLAN = 66;

interface Port {
  name: string;
  vlan: number;
  up: boolean;
  macs: string[];
  note: string;
}

/** What the page's driver is made of. */
export interface WebSwitchConfig {
  id: string;
  baseUrl: string;
  tokenFile: string;
  quarantineVlan: number;
  open: { peerAddress: string; transport: 'tcp' | 'udp'; port: number }[];
  timeoutMs: number;
}

function isolation(port: string, mac: string, deviceNumber: number): PointIsolation {
  const base = { quarantineId: `quarantine-${deviceNumber}`, generation: 1, switch: 'web-1', address: '10.10.0.11' };
  const permit = { flowId: 'store', peerAddress: '10.20.0.10', port: 104, nextHop: null };
  return {
    ...base,
    deviceNumber,
    mac,
    port,
    mode: 'vlan-bridged',
    quarantineVlan: QUARANTINE_VLAN,
    homeVlan: 10,
    alone: true,
    permits: [{ ...permit, transport: 'tcp', opener: 'device' }],
  };
}

/** The made-up switch with a web API of docs/drivers.md: a stand-in, since nobody sells it. */
export class WebSwitchFixture implements DriverFixture, Peer, PeerFaults {
  static async start(make: (config: WebSwitchConfig) => Driver): Promise<WebSwitchFixture> {
    const fixture = new WebSwitchFixture(make);
    await fixture.listen(0);
    return fixture;
  }

  readonly subject = isolation('p1', '08:00:06:10:00:11', 1);
  readonly sibling = isolation('p2', '08:00:06:10:00:12', 2);
  readonly peer = this;
  readonly faults = this;
  readonly secrets = [TOKEN];
  private readonly ports = new Map(
    [this.subject, this.sibling].map(({ port: name, mac }) => [
      name,
      { name, vlan: 10, up: true, macs: [mac], note: '' },
    ]),
  );
  private readonly tokenFile = join(mkdtempSync(join(tmpdir(), 'lazaret-web-switch-')), 'token');
  private fault: 'none' | 'lose-answer' | 'refuse' | 'ignore' = 'none';
  private changes = 0;
  private server: Server = this.newServer();
  private listensAt = 0;

  private constructor(private readonly make: (config: WebSwitchConfig) => Driver) {
    writeFileSync(this.tokenFile, `${TOKEN}\n`, { mode: 0o600 });
  }

  newDriver(): Driver {
    return this.make({
      id: 'web-1',
      baseUrl: `http://127.0.0.1:${this.listensAt}`,
      tokenFile: this.tokenFile,
      quarantineVlan: QUARANTINE_VLAN,
      open: [{ peerAddress: '10.20.0.10', transport: 'tcp', port: 104 }],
      timeoutMs: 300,
    });
  }

  stateOf(mac: string): Promise<string> {
    return Promise.resolve(JSON.stringify(this.portOf(mac)));
  }

  isIsolated(mac: string): Promise<boolean> {
    return Promise.resolve(this.portOf(mac).vlan === QUARANTINE_VLAN);
  }

  writes(): Promise<number> {
    return Promise.resolve(this.changes);
  }

  changeByHand(mac: string): Promise<void> {
    Object.assign(this.portOf(mac), { vlan: 30, note: 'guest' });
    return Promise.resolve();
  }

  async run(commands: readonly string[]): Promise<void> {
    for (const command of commands) await promisify(execFile)('/bin/sh', ['-c', command]);
  }

  async cut(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async heal(): Promise<void> {
    this.fault = 'none';
    if (this.server.listening) return;
    this.server = this.newServer();
    await this.listen(this.listensAt);
  }

  loseAnswer = (): Promise<void> => this.set('lose-answer');
  refuse = (): Promise<void> => this.set('refuse');
  ignore = (): Promise<void> => this.set('ignore');

  async stop(): Promise<void> {
    if (this.server.listening) await this.cut();
  }

  private set(fault: WebSwitchFixture['fault']): Promise<void> {
    this.fault = fault;
    return Promise.resolve();
  }

  private async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.listensAt = (this.server.address() as AddressInfo).port;
  }

  private newServer(): Server {
    return createServer((request, response) => {
      this.answer(request, response).catch(() => response.writeHead(500).end());
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return void response.writeHead(401).end();
    const [, collection, name] = (request.url ?? '').split('/');
    if (collection === 'ports' && name === undefined) {
      return void response.writeHead(200).end(JSON.stringify([...this.ports.values()]));
    }
    const port = this.ports.get(name ?? '');
    if (!port) return void response.writeHead(404).end();
    if (request.method === 'GET') return void response.writeHead(200, { etag: tagOf(port) }).end(JSON.stringify(port));
    await this.change(port, request, response);
  }

  private async change(port: Port, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const wanted = request.headers['if-match'];
    const body = Buffer.concat((await request.toArray()) as Buffer[]).toString();
    if (wanted !== undefined && wanted !== tagOf(port)) return void response.writeHead(412).end();
    this.changes += 1;
    if (this.fault === 'refuse') return void response.writeHead(403).end();
    if (this.fault !== 'ignore') Object.assign(port, JSON.parse(body) as Partial<Port>);
    if (this.fault !== 'lose-answer') response.writeHead(204).end();
  }

  private portOf(mac: string): Port {
    const found = [...this.ports.values()].find(({ macs }) => macs.includes(mac));
    if (!found) throw new Error(`nobody has ${mac}`);
    return found;
  }
}

function tagOf(port: Port): string {
  return `"${createHash('sha256').update(JSON.stringify(port)).digest('hex').slice(0, 16)}"`;
}
