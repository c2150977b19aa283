import type { AssessmentChanged, Level as LevelName } from '#events';
import { assess } from '../../apps/risk-scoring/src/assessments/assessment.js';
import { CONTEXT, Context } from '../../apps/risk-scoring/src/context/context.js';
import { ConfickerCalendar } from '../../apps/risk-scoring/src/detectors/command/conficker/calendar.js';
import type { DetectorName } from '../../apps/risk-scoring/src/evidence/evidence.js';
import { decibansAt } from '../../apps/risk-scoring/src/evidence/level.js';
import { Partition, type WeighedEvidence } from '../../apps/risk-scoring/src/observations/partition.js';
import { Weighing } from '../../apps/risk-scoring/src/observations/weighing.js';
import type { Reported } from './observations.js';

const HOUR_MS = 3_600_000;
/** What the rules call found: the level watch, reached by one detector on its own. */
export const FOUND_DECIBANS = 20;
const RANK: readonly LevelName[] = ['none', 'watch', 'propose', 'isolate'];

/** When it could be known (ms), and how many pieces of evidence it took. */
export interface Reached {
  at: number;
  pieces: number;
}

/** What came of one device, in event time. */
export interface DeviceRun {
  deviceId: string;
  /** Pieces that speak against the device. */
  accusing: WeighedEvidence[];
  peak: number;
  highest: LevelName;
  /** Each level's first moment. */
  reachedAt: Map<LevelName, Reached>;
  /** When a detector on its own first held 20 dB against the device. */
  foundBy: Map<DetectorName, Reached>;
  /** Hours (numbers since 1970) in any moment of which the device stood at propose or above. */
  hoursAtPropose: Set<number>;
}

export interface Run {
  devices: ReadonlyMap<string, DeviceRun>;
  assessments: AssessmentChanged[];
  observations: number;
  /** The first and the last observation (ms). */
  firstAt: number;
  lastAt: number;
  /** Observations that no detector could judge by their sensor. */
  unjudged: number;
}

/** Runs the service's own weighing over what was reported, one event at a time, with the reports' own clock. */
export function run(reported: readonly Reported[], siteSuffixes: readonly string[] = []): Run {
  const context = new Context();
  // No recording comes with contracts. An empty one is the strictest: every flow of every device is outside its profile.
  for (const deviceId of new Set(reported.map(({ event }) => event.data.deviceId)))
    context.take({ kind: CONTEXT.contract, key: deviceId, body: '[]' });
  const weighing = new Weighing({ context, calendar: new ConfickerCalendar(), siteSuffixes }, 1);
  const partition = new Partition(0);
  weighing.put(partition);
  const devices = new Map<string, DeviceRun>();
  const assessments: AssessmentChanged[] = [];
  let hour = reported[0] ? hourOf(reported[0].at) : 0;
  reported.forEach(({ at, knownAt, event }, offset) => {
    for (; hour < hourOf(at); hour++) {
      for (const one of devices.values()) look(one, partition, (hour + 1) * HOUR_MS, (hour + 1) * HOUR_MS);
      assessments.push(...weighing.sweep((hour + 1) * HOUR_MS));
    }
    assessments.push(...weighing.tellLater(at));
    const told = weighing.weigh(0, [{ event, offset: offset.toString() }], at);
    assessments.push(...told.assessments);
    const { deviceId } = event.data;
    const device = devices.get(deviceId) ?? newRun(deviceId);
    devices.set(deviceId, device);
    device.accusing.push(...told.evidence.filter((piece) => piece.decibans > 0));
    if (told.evidence.length > 0) look(device, partition, at, knownAt);
  });
  const unjudged = [...partition.unjudged.values()].reduce((sum, count) => sum + count, 0);
  const [firstAt, lastAt] = [reported[0]?.at ?? 0, reported.at(-1)?.at ?? 0];
  return { devices, assessments, observations: reported.length, firstAt, lastAt, unjudged };
}

function newRun(deviceId: string): DeviceRun {
  return {
    deviceId,
    accusing: [],
    peak: 0,
    highest: 'none',
    reachedAt: new Map(),
    foundBy: new Map(),
    hoursAtPropose: new Set(),
  };
}

/** Notes how the device stands at `at` (ms), known at `knownAt`. Levels only fade between two looks. */
function look(device: DeviceRun, partition: Partition, at: number, knownAt: number): void {
  const levels = Object.values(partition.devices.get(device.deviceId)?.levels ?? {});
  if (levels.length === 0) return;
  const { counted, level } = assess(levels, at);
  device.peak = Math.max(device.peak, counted);
  if (RANK.indexOf(level) > RANK.indexOf(device.highest)) device.highest = level;
  for (const reached of RANK.slice(1, RANK.indexOf(level) + 1)) {
    if (!device.reachedAt.has(reached)) device.reachedAt.set(reached, { at: knownAt, pieces: device.accusing.length });
  }
  if (RANK.indexOf(level) >= RANK.indexOf('propose')) device.hoursAtPropose.add(hourOf(at));
  for (const one of levels) {
    if (device.foundBy.has(one.detector) || decibansAt(one, at) < FOUND_DECIBANS) continue;
    const pieces = device.accusing.filter((piece) => piece.detector === one.detector).length;
    device.foundBy.set(one.detector, { at: knownAt, pieces });
  }
}

function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS);
}
