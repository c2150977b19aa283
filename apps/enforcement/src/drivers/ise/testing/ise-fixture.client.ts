import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Driver } from '#driver';
import type { DriverFixture } from '#driver/conformance';
import type { TlsIdentity } from '../../http/testing/tls-identity.client.js';
import type { IsePoint } from '../config.js';
import { IseDriver } from '../ise.driver.js';
import { IseStandIn, type Accounts } from './ise-stand-in.client.js';
import { IseState } from './ise-state.js';
import { ct, mri, pointAt } from './points.js';

const run = promisify(execFile);

export const accounts: Accounts = {
  ers: { user: 'lazaret', password: 'ers-"pass\\word' },
  mnt: { user: 'lazaret-mnt', password: 'mnt-password' },
  pxgrid: { user: 'lazaret-client', password: 'pxgrid-password' },
};

/** A stand-in with a switch, two devices that are connected, and what an administrator has made for Lazaret. */
export async function startStandIn(identity: TlsIdentity, brokerPort: number | null = null): Promise<IseStandIn> {
  const state = new IseState({
    PermitAccess: { vlan: null },
    'Lazaret-Imaging': { vlan: null },
    'Lazaret-VLAN-66': { vlan: 66 },
    Blocked: { vlan: 999 },
  });
  for (const name of ['Lazaret-Imaging', 'Lazaret-VLAN-66', 'Blocked']) {
    state.policies.set(name, ['QUARANTINE']);
    state.rules.set(name, name);
  }
  for (const { mac, port } of [mri, ct]) state.connect(mac, '10.99.0.2', port);
  writeFileSync(join(identity.folder, 'ers.password'), `${accounts.ers.password}\n`);
  writeFileSync(join(identity.folder, 'mnt.password'), `${accounts.mnt.password}\n`);
  writeFileSync(join(identity.folder, 'pxgrid.password'), `${accounts.pxgrid.password}\n`);
  return new IseStandIn(state, identity, accounts, brokerPort).listen();
}

export function pointOf(standIn: IseStandIn, identity: TlsIdentity, changes: Record<string, unknown> = {}): IsePoint {
  const { folder, caFile } = identity;
  return pointAt({ nodes: [`https://${standIn.origin}`], folder, caFile }, changes);
}

/** Runs commands as a person would paste them. */
export async function runByHand(commands: readonly string[]): Promise<string[]> {
  const shown: string[] = [];
  for (const command of commands) shown.push((await run('sh', ['-c', command])).stdout);
  return shown;
}

export async function newIseFixture(identity: TlsIdentity): Promise<DriverFixture> {
  const standIn = await startStandIn(identity);
  const { state } = standIn;
  const point = pointOf(standIn, identity);
  const made: Driver[] = [];
  return {
    newDriver: () => {
      const driver = new IseDriver(point);
      made.push(driver);
      return driver;
    },
    subject: mri,
    sibling: ct,
    peer: {
      stateOf: async (mac) => state.textOf(mac),
      isIsolated: async (mac) => state.sessions.get(mac)?.profile.startsWith('Lazaret-') === true,
      writes: async () => standIn.writes,
      changeByHand: async (mac) => void state.apply(mac, 'Blocked'),
      endSession: async (mac) => state.disconnect(mac),
      run: async (commands) => void (await runByHand(commands)),
    },
    faults: {
      cut: () => standIn.close(),
      heal: async () => {
        standIn.loseNextAnswer = false;
        standIn.ers = { ...standIn.ers, refuse: null, ignore: false };
        await standIn.listen();
      },
      loseAnswer: async () => void (standIn.loseNextAnswer = true),
      refuse: async () => void (standIn.ers = { ...standIn.ers, refuse: 'Operation is not permitted' }),
      ignore: async () => void (standIn.ers = { ...standIn.ers, ignore: true }),
    },
    secrets: Object.values(accounts).map(({ password }) => password),
    stop: async () => {
      await Promise.all(made.map((one) => one.close()));
      await standIn.close();
    },
  };
}
