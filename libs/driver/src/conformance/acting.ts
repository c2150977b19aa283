import { setTimeout as sleep } from 'node:timers/promises';
import type { Driver, PointIsolation, PointReading, SessionReading, Step } from '../index.js';
import type { DriverFixture } from './fixture.js';
import { fence, restoring } from './steps.js';

/** What a rule works with, made anew for each. */
export interface RuleBench {
  fixture: DriverFixture;
  driver: Driver;
}

/** Something that every driver keeps; `check` throws where it does not. */
export interface Rule {
  /** A sentence about the driver. */
  name: string;
  check(bench: RuleBench): Promise<void>;
}

/** Isolates as enforcement does: what is assigned first, then whatever makes it hold. */
export async function applyIsolation({ fixture, driver }: RuleBench, isolation: PointIsolation): Promise<void> {
  const { mac } = isolation;
  const { state, entries } = driver.profile;
  const take = (step: Step): Promise<void> => driver.apply(step, fence(driver));
  switch (state) {
    case 'port':
      if (entries > 0) await take({ kind: 'install-entries', isolation });
      if (isolation.mode !== 'filter') await take({ kind: 'move-port', isolation });
      return;
    case 'policy':
      await take({ kind: 'set-policy', isolation });
      return renew({ fixture, driver }, isolation, ({ isolated }) => !isolated, isolation);
    case 'session':
      await fixture.peer.assign?.(isolation, mac);
      return renew({ fixture, driver }, isolation, ({ isolated }) => !isolated, isolation);
  }
}

/** Releases as enforcement does. */
export async function takeAway({ fixture, driver }: RuleBench, isolation: PointIsolation): Promise<void> {
  const { mac, quarantineId, deviceNumber } = isolation;
  const take = (step: Step): Promise<void> => driver.apply(step, fence(driver));
  switch (driver.profile.state) {
    case 'port':
      await take(restoring(isolation));
      if (driver.profile.entries > 0) await take({ kind: 'remove-entries', deviceNumber });
      return;
    case 'policy':
      await take({ kind: 'clear-policy', mac, quarantineId });
      return renew({ fixture, driver }, isolation, ({ isolated }) => isolated, null);
    case 'session':
      await fixture.peer.assign?.(null, mac);
      return renew({ fixture, driver }, isolation, ({ isolated }) => isolated, null);
  }
}

/** Tells each live session that is not as wanted to take what is. */
async function renew(
  { fixture, driver }: RuleBench,
  { mac, switch: at, port }: PointIsolation,
  isDue: (session: SessionReading) => boolean,
  isolation: PointIsolation | null,
): Promise<void> {
  if (!driver.profile.renews) return;
  for (const session of (await sessionsOf({ fixture, driver }, mac)).filter(isDue)) {
    const { sessionId } = session;
    const step = { kind: 'renew-session', mac, switch: at, port: session.port ?? port, sessionId, isolation } as const;
    await driver.apply(step, fence(driver));
  }
}

/** The live sessions as the driver reads them, or, where it is told of them, as the peer has them. */
export async function sessionsOf({ fixture, driver }: RuleBench, mac: string): Promise<SessionReading[]> {
  if (fixture.peer.sessionsOf) return fixture.peer.sessionsOf(mac);
  return (await driver.read([mac])).sessions.filter((one) => one.mac === mac);
}

/** Whether a reading says that the isolation holds, by the rules that enforcement reads it. */
export function readsIsolated(driver: Driver, isolation: PointIsolation, reading: PointReading): boolean {
  const { mac, port, quarantineVlan, deviceNumber } = isolation;
  const sessions = reading.sessions.filter((one) => one.mac === mac);
  switch (driver.profile.state) {
    case 'port': {
      const isMoved = reading.ports.some((one) => one.port === port && one.vlan === quarantineVlan);
      return isolation.mode === 'filter' ? reading.entries.some((one) => one.deviceNumber === deviceNumber) : isMoved;
    }
    case 'policy': {
      const words = [...driver.compile(isolation).entries].sort().join('\n');
      const assigned = reading.policies.some(
        (one) => one.mac === mac && one.ours && [...one.entries].sort().join('\n') === words,
      );
      return assigned && (!driver.profile.renews || sessions.every(({ isolated }) => isolated));
    }
    case 'session':
      return sessions.length > 0 && sessions.every(({ isolated }) => isolated);
  }
}

/** Waits until it is so, within the point's own time. */
export async function eventually(
  { settlesMs = 2000 }: DriverFixture,
  what: string,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + settlesMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not so within ${settlesMs} ms: ${what}`);
    await sleep(20);
  }
}

/** Gives the point the time to do what it should not. */
export async function stays(
  { settlesMs = 2000 }: DriverFixture,
  what: string,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const until = performance.now() + Math.min(settlesMs / 4, 500);
  do {
    if (!(await isSo())) throw new Error(`not so any more: ${what}`);
    await sleep(20);
  } while (performance.now() < until);
}
