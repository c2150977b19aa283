import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fence, PointIsolation, PointReading, SessionReading } from '#driver';
import { freeTcpPort } from '../../testing/free-port.client.js';
import type { RadiusPolicyPoint } from '../config.js';
import { RadiusPolicyDriver } from '../radius-policy.driver.js';
import { PrivateFreeradius, type Attributes, type Reply } from './freeradius.client.js';
import { isolation, pointAt } from './radius-policy-fixture.client.js';

export const TOKEN = 'a-token-of-the-site';
export const QUARANTINE = 'Tunnel-Private-Group-Id:0 = "66"';
/** What the site's own configuration gives every device. */
export const PLAIN = [
  'Class = 0x73697465',
  'Filter-Id = "home"',
  'Tunnel-Medium-Type:0 = IEEE-802',
  'Tunnel-Private-Group-Id:0 = "10"',
  'Tunnel-Type:0 = VLAN',
];

export function isPlain({ code, lines }: Reply): boolean {
  return code === 'Access-Accept' && JSON.stringify(lines) === JSON.stringify(PLAIN);
}

/**
 * A driver that a real FreeRADIUS asks, with the steps that enforcement takes. FreeRADIUS is the same for a whole file of
 * tests and remembers what it was told, so that each test takes devices of its own.
 */
export class RadiusPolicyBench {
  radius!: PrivateFreeradius;
  driver!: RadiusPolicyDriver;
  point!: RadiusPolicyPoint;
  folder!: string;
  /** Where the driver is asked. */
  port!: number;
  private agent!: Agent;
  private next = 0x4000;

  constructor() {
    beforeAll(async () => {
      this.port = await freeTcpPort();
      this.radius = await PrivateFreeradius.start(this.port, TOKEN);
    });
    afterAll(() => this.radius.stop());
    beforeEach(() => this.begin());
    afterEach(() => this.end());
  }

  async start(): Promise<void> {
    this.driver = new RadiusPolicyDriver(this.point);
    await this.driver.probe();
  }

  fresh(): PointIsolation {
    return isolation(this.next++);
  }

  fence(number: number): Fence {
    return { pointId: this.driver.pointId, number };
  }

  set(device: PointIsolation, number = 1): Promise<void> {
    return this.driver.apply({ kind: 'set-policy', isolation: device }, this.fence(number));
  }

  clear({ mac, quarantineId }: PointIsolation): Promise<void> {
    return this.driver.apply({ kind: 'clear-policy', mac, quarantineId }, this.fence(1));
  }

  /** Accepted, and its session begins. */
  async connect({ mac }: PointIsolation, id: string, more: Attributes = {}): Promise<Reply> {
    const reply = await this.radius.authenticate(mac, { 'Acct-Session-Id': id });
    await this.radius.account('Start', mac, id, more);
    return reply;
  }

  reading({ mac }: PointIsolation): Promise<PointReading> {
    return this.driver.read([mac]);
  }

  async session(device: PointIsolation): Promise<SessionReading | undefined> {
    return (await this.reading(device)).sessions[0];
  }

  /** Asks as FreeRADIUS does: one connection for many questions. */
  post(path: string, body: string, token = TOKEN): Promise<{ status: number }> {
    const headers = { authorization: `Bearer ${token}`, 'content-length': Buffer.byteLength(body) };
    const options = { host: '127.0.0.1', port: this.port, path, method: 'POST', headers, agent: this.agent };
    return new Promise((resolve, reject) => {
      const sent = request(options, (response) => {
        response.resume();
        response.on('end', () => resolve({ status: response.statusCode ?? 0 }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  private async begin(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'lzi-'));
    await mkdir(join(this.folder, 'state'));
    await writeFile(join(this.folder, 'token'), TOKEN, { mode: 0o600 });
    this.point = pointAt(this.folder, this.port, this.radius);
    await this.start();
    this.agent = new Agent({ keepAlive: true, maxSockets: 1 });
  }

  private async end(): Promise<void> {
    this.agent.destroy();
    await this.driver.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
