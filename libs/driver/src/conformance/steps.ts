import type { Driver, Fence, PointIsolation, Step } from '../index.js';
import { DriverError } from '../errors.js';
import type { EntryFixture } from './fixture.js';

/** What a case works with, made anew for each. */
export interface Bench {
  fixture: EntryFixture;
  driver: Driver;
}

type RestorePort = Extract<Step, { kind: 'restore-port' }>;

export function fence(driver: Driver, number = 1): Fence {
  return { pointId: driver.pointId, number };
}

/** Permits in, then the move if the mode has one: what enforcement does, without its read-back in between. */
export async function isolate(driver: Driver, isolation: PointIsolation, under = fence(driver)): Promise<void> {
  await driver.apply({ kind: 'install-entries', isolation }, under);
  if (isolation.quarantineVlan !== null) await driver.apply({ kind: 'move-port', isolation }, under);
}

export async function release(driver: Driver, isolation: PointIsolation, under = fence(driver)): Promise<void> {
  await driver.apply(restoring(isolation), under);
  await driver.apply({ kind: 'remove-entries', deviceNumber: isolation.deviceNumber }, under);
}

/** The step that puts an isolation's port back. */
export function restoring({ port, mac, quarantineId, quarantineVlan, homeVlan }: PointIsolation): RestorePort {
  return { kind: 'restore-port', port, mac, quarantineId, quarantineVlan, homeVlan };
}

/** The DriverError that a call ends with. Anything else, success too, is a failure of the case. */
export async function failureOf(call: Promise<unknown>): Promise<DriverError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof DriverError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
