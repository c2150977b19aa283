import { exec } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Driver, PointIsolation } from '#driver';
import type { DriverFixture } from '#driver/conformance';
import { scanner } from '../../syntax/testing/isolations.js';
import { radiusPolicyPointSchema, type RadiusPolicyPoint } from '../config.js';
import { PolicyFile } from '../policy-file.store.js';
import { RadiusPolicyDriver } from '../radius-policy.driver.js';
import type { PrivateFreeradius } from './freeradius.client.js';

const shell = promisify(exec);
let devices = 0;

/** A file on a disk that fails as it is told. */
class FaultyFile extends PolicyFile {
  writes = 0;
  fault: 'none' | 'lost' | 'refused' | 'ignored' = 'none';
  private free: () => void = () => undefined;

  override async replace(text: string): Promise<void> {
    const { fault } = this;
    if (fault === 'refused') throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });
    this.writes += 1;
    if (fault === 'ignored') return;
    await super.replace(text);
    if (fault === 'lost') await new Promise<void>((resolve) => (this.free = resolve));
  }

  heal(): void {
    this.fault = 'none';
    this.free();
  }
}

/**
 * The driver before a real FreeRADIUS that radclient asks as a switch would. Each fixture has two new devices, so that
 * FreeRADIUS knows nothing of them; the policy file is in a folder that can go away.
 */
export class RadiusPolicyFixture implements DriverFixture {
  static async start(radius: PrivateFreeradius, endpoint: number, token: string): Promise<RadiusPolicyFixture> {
    const folder = await mkdtemp(join(tmpdir(), 'lzp-'));
    await mkdir(join(folder, 'state'));
    await writeFile(join(folder, 'token'), `${token}\n`, { mode: 0o600 });
    const own = new RadiusPolicyFixture(radius, folder, pointAt(folder, endpoint, radius), token);
    for (const { mac } of [own.subject, own.sibling]) await own.connect(mac);
    return own;
  }

  readonly subject: PointIsolation;
  readonly sibling: PointIsolation;
  readonly secrets: readonly string[];
  readonly file: FaultyFile;
  private readonly drivers: RadiusPolicyDriver[] = [];
  private unused: RadiusPolicyDriver | null;

  private constructor(
    readonly radius: PrivateFreeradius,
    private readonly folder: string,
    readonly point: RadiusPolicyPoint,
    token: string,
  ) {
    this.secrets = [token];
    this.file = new FaultyFile(point.snapshotFile);
    this.subject = isolation(++devices);
    this.sibling = isolation(++devices);
    this.unused = new RadiusPolicyDriver(point, undefined, this.file);
    this.drivers.push(this.unused);
  }

  /** The first one listens. Those made after it are like the process that takes over: they wait for the port. */
  newDriver(): Driver {
    const driver = this.unused ?? new RadiusPolicyDriver(this.point, undefined, this.file);
    if (!this.unused) this.drivers.push(driver);
    this.unused = null;
    return driver;
  }

  readonly peer = {
    stateOf: async (mac: string): Promise<string> => {
      const { code, lines } = await this.radius.authenticate(mac.replaceAll(':', '-'));
      return [code, ...lines].join('\n');
    },
    isIsolated: async (mac: string): Promise<boolean> =>
      (await this.peer.stateOf(mac)).includes('Tunnel-Private-Group-Id:0 = "66"'),
    writes: (): Promise<number> => Promise.resolve(this.file.writes),
    changeByHand: (mac: string): Promise<void> => this.byHand(mac),
    endSession: async (mac: string): Promise<void> => {
      await this.radius.account('Stop', mac, sessionOf(mac));
    },
    run: async (commands: readonly string[]): Promise<void> => {
      for (const command of commands) await shell(command);
    },
  };

  readonly faults = {
    cut: (): Promise<void> => rename(join(this.folder, 'state'), join(this.folder, 'gone')),
    heal: async (): Promise<void> => {
      this.file.heal();
      await rename(join(this.folder, 'gone'), join(this.folder, 'state')).catch(() => undefined);
    },
    loseAnswer: (): Promise<void> => this.fail('lost'),
    refuse: (): Promise<void> => this.fail('refused'),
    ignore: (): Promise<void> => this.fail('ignored'),
  };

  /** A device connects: it is accepted, and its session begins. */
  async connect(mac: string): Promise<void> {
    await this.drivers[0]?.probe();
    await this.radius.authenticate(mac);
    await this.radius.account('Start', mac, sessionOf(mac));
  }

  async stop(): Promise<void> {
    this.file.heal();
    await Promise.all(this.drivers.map((driver) => driver.close()));
    await rm(this.folder, { recursive: true, force: true });
  }

  private fail(fault: FaultyFile['fault']): Promise<void> {
    this.file.fault = fault;
    return Promise.resolve();
  }

  private async byHand(mac: string): Promise<void> {
    await appendFile(this.radius.handsFile, `${mac}\n`);
    await shell(`${this.radius.radmin} -e 'hup lazaret_hands'`);
  }
}

export function pointAt(folder: string, endpoint: number, radius: PrivateFreeradius): RadiusPolicyPoint {
  return radiusPolicyPointSchema.parse({
    kind: 'radius-policy',
    id: 'radius-policy-1',
    listen: { host: '127.0.0.1', port: endpoint },
    tokenFile: join(folder, 'token'),
    snapshotFile: join(folder, 'state', 'policies'),
    handsFile: radius.handsFile,
    switches: [{ switch: 'access-3', address: '10.99.0.2' }],
    quarantineVlan: 66,
    modes: ['filter', 'vlan-bridged'],
    attributes: { permits: 'nas-filter-rule', direction: 'both' },
    timeoutMs: 300,
    freeradius: { handsFile: radius.handsFile, radmin: radius.radmin },
  });
}

/** A device that no fixture has had. */
export function isolation(number: number): PointIsolation {
  const octets = [number >> 8, number & 0xff].map((octet) => octet.toString(16).padStart(2, '0'));
  const mac = ['08', '00', '06', '10', ...octets].join(':');
  return { ...scanner, deviceNumber: number, mac, mode: 'vlan-bridged', quarantineVlan: 66 };
}

export function sessionOf(mac: string): string {
  return `S-${mac.replaceAll(':', '')}`;
}
