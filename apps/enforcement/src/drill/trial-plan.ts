import type { DriverProfile, PointReading } from '#driver';
import { interlocked } from '../check/interlocks.js';
import type { Interlocks } from '../check/refusal.js';
import { plan as planIsolation } from '../plan/plan.js';
import type { Applied, Plan, PlannedInterface } from '../plan/planned.js';
import { servingPoint } from '../plan/serving.js';
import { shown, type Shown } from '../plan/shown.js';
import type { PendingStep, StepInput } from '../plan/pending-step.js';
import { pendingSteps } from '../plan/steps.js';
import type { Location } from '../read/location.js';
import type { Point, Readings } from '../read/point.js';
import type { Isolation, Permit } from '../wanted/wanted.js';
import { onTrial, type DrillRequest } from './drill.js';
import type { Surroundings } from './drills.store.js';
import type { TestPort } from './test-port.js';

/** The port from which the device may be answered, and from which nothing may be opened: see `Attempts.inbound`. */
export const REPLY_PORT = 50_106;
export const KEPT_FLOW = 'drill-kept';
export const REPLY_FLOW = 'drill-reply';

/** What a drill isolates and by which points, all that planning needs but the readings. */
export interface Trial {
  request: DrillRequest;
  testPort: TestPort;
  /** The serving point with its word taken for confirmed, and the point that holds policies. */
  points: ReadonlyMap<string, Point>;
  surroundings: Surroundings;
  number: number;
  interlocks: Interlocks;
}

/** The points by which the test port is isolated; a text: why the drilled one is none of them. */
export function trialPoints(
  points: ReadonlyMap<string, Point>,
  request: DrillRequest,
  testPort: TestPort,
): ReadonlyMap<string, Point> | string {
  const serving = servingPoint(points, testPort.switch);
  if (serving?.point.facts.id !== request.pointId) return `${request.pointId} does not serve ${testPort.switch}`;
  const { point, policy } = serving;
  const tried: Point = { ...point, profile: onTrial(point.driver.profile, request.mode) };
  const others = policy && policy !== point ? [[policy.facts.id, policy] as const] : [];
  return new Map([[point.facts.id, tried] as const, ...others]);
}

/** What the trial looks like now: its plan, what is true of it, the next step. A text: why it must not go on. */
export type Look = { plan: Plan; planned: PlannedInterface; now: Shown; step: PendingStep | null };

export function look(trial: Trial, readings: Readings, applied: Applied | null, at: Date): Look | string {
  const { testPort, points, number, surroundings } = trial;
  const { mac } = testPort;
  const remembered = new Map(applied ? [[mac, applied]] : []);
  const plan = planIsolation({
    wanted: wish(trial),
    location: locationOf(trial),
    neighbours: surroundings.neighbours,
    points,
    readings,
    numbers: new Map([[mac, number]]),
    applied: remembered,
  });
  const [planned] = plan.interfaces;
  const now = planned && shown(planned, readings);
  if (!planned || !now) return `it can't be isolated: ${plan.unplanned.map(({ reason }) => reason).join(', ')}`;
  const refusal = refusalOf(trial, planned, readings, applied !== null);
  if (refusal) return refusal;
  if (plan.cut.includes(KEPT_FLOW)) return 'the point has no policy that keeps the drill’s own probe open';
  const steps = pendingSteps(plan, stepInput(trial, readings, applied, at));
  return { plan, planned, now, step: steps[0] ?? null };
}

export function stepInput(
  { testPort, points }: Pick<Trial, 'testPort' | 'points'>,
  readings: Readings,
  applied: Applied | null,
  now: Date,
): StepInput {
  return { readings, points, applied: new Map(applied ? [[testPort.mac, applied]] : []), left: [], now };
}

/** Why this device must not be drilled on, as far as is known before anything is read. */
export function forbidden({ request, testPort, surroundings }: Trial): string | null {
  const { location, isIsolated } = surroundings;
  if (isIsolated) return `${testPort.mac} is isolated in earnest`;
  if (location && location.flows.length > 0) return `${location.name} has clinical flows: it is no test device`;
  const known = location?.interfaces.find((one) => one.mac === testPort.mac);
  if (known?.ambiguous) return `${testPort.mac} is seen at more than one port`;
  if (!known?.pointId || !known.port) return null;
  if (known.pointId === testPort.switch && known.port === testPort.port) return null;
  return `${testPort.mac} is at ${known.pointId} ${known.port}, not at ${request.pointId} ${testPort.port}`;
}

/** From what readings showed since the first write, in order. */
export function orderOf(seen: readonly Shown[], profile: DriverProfile, mode: string): DriverProfile['order'] | null {
  if (profile.state === 'port') {
    if (mode === 'filter') return null;
    if (seen.some((one) => one.placed && !one.permitsIn)) return 'break-before-make';
    return seen.some((one) => one.permitsIn && !one.placed) ? 'make-before-break' : null;
  }
  const isolated = seen.filter(({ sessions }) => sessions.some((session) => session.isolated));
  if (isolated.length === 0) return null;
  return isolated.every((one) => one.permitsIn) ? 'atomic' : 'break-before-make';
}

function refusalOf(
  { surroundings, interlocks, points }: Trial,
  planned: PlannedInterface,
  readings: Readings,
  applied: boolean,
): string | null {
  const point = points.get(planned.pointId);
  const reading = readings.get(planned.pointId);
  if (!point || !reading || reading instanceof Error) return null;
  const refusal = interlocked({
    planned,
    location: surroundings.location,
    neighbours: surroundings.neighbours,
    reading: reading satisfies PointReading,
    facts: point.facts,
    // Whether it controls each session by itself is not known before it is drilled.
    perSession: false,
    applied,
    interlocks,
  });
  return refusal ? `an interlock refuses: ${refusal.message}` : null;
}

function wish({ request, testPort }: Trial): Isolation {
  return {
    deviceId: `drill/${request.pointId}`,
    quarantineId: request.drillId,
    epoch: 0,
    generation: 1,
    mode: 'apply',
    frozen: false,
    policyVersion: '',
    planDigest: null,
    requireQuarantineVlan: false,
    maxInterruptionMs: Number.MAX_SAFE_INTEGER,
    onClinicalBroken: 'keep',
    macs: [testPort.mac],
    permits: permits(testPort),
  };
}

function permits({ address, probe, ports }: TestPort): Permit[] {
  const flow = { service: 'inner', deviceAddress: address, peerAddress: probe.address, transport: 'tcp' } as const;
  return [
    { ...flow, flowId: KEPT_FLOW, port: ports.permitted, opener: 'peer', required: true },
    { ...flow, flowId: REPLY_FLOW, port: REPLY_PORT, opener: 'device', required: false },
  ];
}

/** The test device at its port. Its address is pinned: a mode that changes it can't be measured by asking that address. */
function locationOf({ testPort, surroundings: { location } }: Trial): Location {
  const { mac, address, port } = testPort;
  const known = location?.interfaces.find((one) => one.mac === mac);
  return {
    deviceId: 'drill',
    revision: 0,
    site: '',
    realm: '',
    asset: null,
    name: 'the test device',
    modality: '',
    criticality: 'routine',
    ward: '',
    aeTitles: [],
    infrastructure: location?.infrastructure ?? false,
    flows: [],
    interfaces: [
      {
        mac,
        addressing: 'static',
        address,
        addressSince: null,
        pointId: testPort.switch,
        port,
        vlan: known?.vlan ?? testPort.vlan,
        sessionId: null,
        linkUp: true,
        ambiguous: false,
        attachedSince: null,
        toldBy: null,
      },
    ],
  };
}
