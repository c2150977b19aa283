import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DriverError } from '#driver';
import type { DriverFixture } from '#driver/conformance';
import { RadiusDriver } from '../radius.driver.js';
import type { SessionSource } from '../session-source.js';
import { FaultRelay } from './fault-relay.client.js';
import type { FreeRadiusNas } from './free-radius-nas.client.js';
import { aPoint, carryingPoint, ct, mri } from './points.js';
import { TestFolder } from './secret.client.js';
import { StandInNas } from './stand-in-nas.client.js';

const run = promisify(execFile);
export const SECRET = 'coa-secret-of-the-test';
/** What the drill's harmless request names. */
const NOBODY = '02-4C-5A-00-00-00';
const QUICK = { host: '127.0.0.1', firstMs: 60, sendings: 3 };

/** Faults on the way, and the commands that a person would run, which go past them. */
function around(
  relay: FaultRelay,
  nasPort: number,
): Pick<DriverFixture, 'faults' | 'secrets'> & { run: DriverFixture['peer']['run'] } {
  const set = (fault: Parameters<FaultRelay['set']>[0]) => (): Promise<void> => Promise.resolve(relay.set(fault));
  return {
    secrets: [SECRET],
    faults: {
      cut: () => relay.cut(),
      heal: () => relay.heal(),
      loseAnswer: set('lose-answers'),
      refuse: set('refuse'),
      ignore: set('ignore'),
    },
    run: async (commands) => {
      for (const command of commands) {
        await run('bash', ['-c', command.replaceAll(`:${relay.port} `, `:${nasPort} `)]);
      }
    },
  };
}

/** Our stand-in: sessions end and begin anew, with what their RADIUS server says. The driver is told of none. */
export async function standInFixture(): Promise<DriverFixture> {
  const [nas, folder] = await Promise.all([StandInNas.open(SECRET), TestFolder.make(SECRET)]);
  const relay = await FaultRelay.open(nas.port, SECRET);
  for (const { mac, port } of [mri, ct]) nas.connect(mac, port);
  const point = aPoint('ieee8021x', { ...QUICK, port: relay.port, secretFile: folder.secretFile });
  const drivers: RadiusDriver[] = [];
  const { faults, secrets, run: byHand } = around(relay, nas.port);
  return {
    newDriver() {
      drivers.push(new RadiusDriver(point));
      return drivers.at(-1)!;
    },
    subject: mri,
    sibling: ct,
    settlesMs: 800,
    faults,
    secrets,
    peer: {
      stateOf: (mac) => Promise.resolve(`VLAN ${nas.sessions.get(mac)?.vlan}`),
      isIsolated: (mac) => Promise.resolve(nas.sessions.get(mac)?.vlan === 66),
      sessionsOf: (mac) => Promise.resolve(nas.reading(mac, [66])),
      writes: () => Promise.resolve(relay.writes(NOBODY)),
      assign: (isolation, mac) => {
        if (isolation) nas.assigned.set(mac, { vlan: 66, role: null });
        else nas.assigned.delete(mac);
        return Promise.resolve();
      },
      endSession: (mac) => Promise.resolve(void nas.sessions.delete(mac)),
      run: byHand,
    },
    async stop() {
      await Promise.all(drivers.map((driver) => driver.close()));
      await Promise.all([relay.close(), nas.close(), folder.remove()]);
    },
  };
}

/** Each device's session at FreeRADIUS as a switch keeps its id for good: a CoA changes what is in it. */
export const SESSION_IDS = { [mri.mac]: 'A1', [ct.mac]: 'A2' };
const HOME = { role: null, vlan: 10 };

/**
 * FreeRADIUS as an AOS-CX that takes a role by CoA: what it has understood, in the order that it came, is what its
 * sessions carry. It is one server for all rules, so a fixture begins where it finds its log.
 */
export async function rolesFixture(nas: FreeRadiusNas): Promise<DriverFixture> {
  const folder = await TestFolder.make(SECRET);
  const relay = await FaultRelay.open(nas.port, SECRET);
  const begin = (await nas.understood()).length;
  const own = { ...QUICK, port: relay.port, secretFile: folder.secretFile };
  const point = carryingPoint('aruba-aos-cx', own);
  const carried = async (mac: string): Promise<{ role: string | null; vlan: number }> => {
    const ours = (await nas.understood()).slice(begin).filter((one) => one.mac === mac);
    const [, role] = /arole=([^|]+)/.exec(ours.at(-1)?.attributes ?? '') ?? [];
    return role === undefined ? HOME : { role, vlan: 66 };
  };
  let isReachable = true;
  const source = tableOf(carried, () => isReachable);
  const drivers: RadiusDriver[] = [];
  const { faults, secrets, run: byHand } = around(relay, nas.port);
  return {
    newDriver() {
      drivers.push(new RadiusDriver(point, undefined, source));
      return drivers.at(-1)!;
    },
    subject: mri,
    sibling: ct,
    settlesMs: 800,
    secrets,
    faults: {
      ...faults,
      cut: async () => {
        isReachable = false;
        await relay.cut();
      },
      heal: async () => {
        isReachable = true;
        await relay.heal();
      },
    },
    peer: {
      stateOf: async (mac) => JSON.stringify(await carried(mac)),
      isIsolated: async (mac) => (await carried(mac)).vlan === 66,
      writes: () => Promise.resolve(relay.writes(NOBODY)),
      run: byHand,
    },
    async stop() {
      await Promise.all(drivers.map((driver) => driver.close()));
      await Promise.all([relay.close(), folder.remove()]);
    },
  };
}

/** The switch's session table, as SNMP would tell it. */
function tableOf(
  carried: (mac: string) => Promise<{ role: string | null; vlan: number }>,
  isReachable: () => boolean,
): SessionSource {
  return {
    async read(macs) {
      if (!isReachable()) throw new DriverError('unreachable', 'the session table does not answer');
      return Promise.all(
        macs.map(async (mac) => {
          const { role: policy, vlan } = await carried(mac);
          const known = { mac, sessionId: SESSION_IDS[mac] ?? 'none', switch: 'sw-1', port: null, vlan, policy };
          return {
            ...known,
            state: 'authorized' as const,
            authorizedBy: 'server' as const,
            isolated: false,
            startedAt: null,
          };
        }),
      );
    },
    idOf: ({ sessionId }) => ({ kind: 'Acct-Session-Id', value: sessionId }),
    close: () => undefined,
  };
}
