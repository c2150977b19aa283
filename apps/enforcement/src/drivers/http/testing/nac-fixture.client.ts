import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { z } from 'zod';
import type { DriverFixture } from '#driver/conformance';
import type { Driver } from '#driver';
import { ct, mri } from '../../testing/isolations.js';
import { StandIn, type NacModel } from './stand-in.client.js';
import type { TlsIdentity } from './tls-identity.client.js';

const run = promisify(execFile);

export const MRI = mri.mac;
export const CT = ct.mac;
export const SECRET = 'p"a\\ss-wort';

export const subject = mri;
export const sibling = ct;

/** What every point of the tests has in its configuration, as YAML would give it. */
function commonFields(identity: TlsIdentity, url: string): Record<string, unknown> {
  return {
    id: 'nac-1',
    url,
    switches: ['sw-1'],
    switchAddresses: { '10.99.0.2': 'sw-1' },
    quarantineVlan: 66,
    caFile: identity.caFile,
    timeoutMs: 500,
    settleMs: 400,
    pollSeconds: 0.1,
  };
}

/** A file with a secret in it, of this identity's folder. */
export function secretFile(identity: TlsIdentity, secret = SECRET): string {
  const path = join(identity.folder, 'secret');
  writeFileSync(path, `${secret}\n`, { mode: 0o600 });
  return path;
}

export interface NacFixture<M extends NacModel> extends DriverFixture {
  standIn: StandIn<M>;
}

/** What the named policy of the tests leaves open, whichever NAC has it. */
const permits = [{ peerAddress: '10.20.0.10', transport: 'tcp', port: 104, opener: 'device' }];

/** One kind of NAC: its model, and a point that speaks to it. */
export interface NacKind<M extends NacModel, P> {
  model: M;
  schema: z.ZodType<P>;
  create(point: P): Driver;
  /** What this kind's configuration has besides the common fields. */
  fields: Record<string, unknown>;
  /** What this kind's policy has besides name, mode, VLAN and permits. */
  policy: Record<string, unknown>;
  secrets: readonly string[];
}

/** A stand-in with two devices, as the conformance rules want it. `changes`: to the configuration of the point. */
export async function nacFixture<M extends NacModel, P>(
  identity: TlsIdentity,
  { model, schema, create, fields, policy, secrets }: NacKind<M, P>,
  changes: Record<string, unknown>,
): Promise<NacFixture<M>> {
  const policies = [{ name: 'modality', mode: 'vlan-bridged', quarantineVlan: 66, permits, ...policy }];
  const standIn = new StandIn(identity, model);
  await standIn.peer.listen();
  const made: Driver[] = [];
  return {
    standIn,
    subject,
    sibling,
    secrets,
    settlesMs: 2000,
    newDriver: () => {
      const common = commonFields(identity, standIn.peer.url);
      const driver = create(schema.parse({ ...common, ...fields, policies, ...changes }));
      made.push(driver);
      return driver;
    },
    peer: {
      stateOf: async (mac) => model.stateOf(mac),
      isIsolated: async (mac) => model.isIsolated(mac),
      writes: async () => standIn.writes,
      changeByHand: async (mac) => model.changeByHand(mac),
      endSession: async (mac) => model.endSession(mac),
      run: async (commands) => void (await run('bash', ['-euc', commands.join('\n')], { cwd: identity.folder })),
    },
    faults: {
      cut: () => standIn.peer.close(),
      heal: async () => {
        standIn.fault = 'none';
        standIn.peer.dropAll();
        await standIn.peer.listen();
      },
      loseAnswer: async () => void (standIn.fault = 'lose-answer'),
      refuse: async () => void (standIn.fault = 'refuse'),
      ignore: async () => void (standIn.fault = 'ignore'),
    },
    stop: async () => {
      await Promise.all(made.map((driver) => driver.close()));
      await standIn.stop();
      if (standIn.unplanned.length > 0) throw new Error(`not planned for: ${standIn.unplanned.join('; ')}`);
    },
  };
}
