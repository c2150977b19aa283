import type { PointReading, Step } from '#driver';
import { answered } from './plan.js';
import type { PlannedInterface } from './planned.js';
import { renewingPoint, settles, type Left, type PendingStep, type StepInput } from './pending-step.js';

/**
 * Everything of ours that the points still hold for these interfaces: what is assigned first, then the port or session,
 * then the entries. Numbers are by MAC.
 */
export function releaseSteps(
  numbers: ReadonlyMap<string, number>,
  input: StepInput,
  purpose: 'clean' | 'release' = 'release',
): PendingStep[] {
  return [...numbers].flatMap(([mac, number]) => {
    const atPoints = answered(input.readings).flatMap((reading) =>
      undo(reading, mac, number, purpose, input).slice(0, 1),
    );
    if (atPoints.length > 0) return atPoints;
    return [...unmarked(mac, purpose, input), ...sessionsBack(mac, purpose, input)].slice(0, 1);
  });
}

/** Ports that carry an interface's mark although it is elsewhere now, and entries at points that it has left. */
export function leftBehind(planned: PlannedInterface, input: StepInput): PendingStep[] {
  const { mac, pointId, policyPointId, port, isolation } = planned;
  const marked = answered(input.readings).flatMap((reading) => {
    if (reading.pointId === policyPointId) return [];
    const steps = undo(reading, mac, isolation.deviceNumber, 'clean', input);
    return steps.filter(
      ({ step }) => reading.pointId !== pointId || (step.kind === 'restore-port' && step.port !== port),
    );
  });
  return [
    ...marked,
    ...input.left.filter((one) => one.mac === mac).flatMap((one) => unmarkedPort(one, 'clean', input)),
  ];
}

/** The steps that take away what a point holds under a number, or has assigned to the MAC. */
function undo(
  reading: PointReading,
  mac: string,
  number: number,
  purpose: 'clean' | 'release',
  { points, applied }: StepInput,
): PendingStep[] {
  const { pointId } = reading;
  const base = { mac, pointId, purpose };
  const quarantineVlan = points.get(pointId)?.facts.quarantineVlan ?? null;
  const steps: PendingStep[] = [];
  for (const { ours, mark } of reading.policies.filter((one) => one.mac === mac)) {
    if (!ours) continue;
    const quarantineId = mark?.quarantineId ?? applied.get(mac)?.isolation.quarantineId ?? '';
    const step: Step = { kind: 'clear-policy', mac, quarantineId };
    steps.push({ ...base, step, text: `${pointId}: policy of ${mac} taken back` });
  }
  for (const { port, mark } of reading.ports) {
    if (mark?.deviceNumber !== number) continue;
    const { quarantineId, prior } = mark;
    const step: Step = { kind: 'restore-port', port, mac, quarantineId, quarantineVlan, homeVlan: prior.vlan };
    steps.push({ ...base, step, text: `${pointId}: port ${port} back to VLAN ${prior.vlan}` });
  }
  if (reading.entries.some((one) => one.deviceNumber === number)) {
    const step: Step = { kind: 'remove-entries', deviceNumber: number };
    steps.push({ ...base, step, text: `${pointId}: entries of ${mac} removed` });
  }
  return steps;
}

/** Ports of points without marks, known from our own memory only. */
function unmarked(mac: string, purpose: 'clean' | 'release', input: StepInput): PendingStep[] {
  const applied = input.applied.get(mac);
  const places = [...(applied ? [{ mac, ...applied }] : []), ...input.left.filter((one) => one.mac === mac)];
  return places.flatMap((one) => unmarkedPort(one, purpose, input));
}

function unmarkedPort(left: Left, purpose: 'clean' | 'release', input: StepInput): PendingStep[] {
  if (!isStillMoved(left, input)) return [];
  const { mac, pointId, isolation } = left;
  const { port, quarantineId, quarantineVlan, homeVlan } = isolation;
  const step: Step = { kind: 'restore-port', port, mac, quarantineId, quarantineVlan, homeVlan };
  return [{ mac, pointId, purpose, step, text: `${pointId}: port ${port} back to VLAN ${homeVlan}` }];
}

/** Whether a port of a point without marks still has the quarantine VLAN that we have given it. */
export function isStillMoved(
  { pointId, isolation }: Left,
  { readings, points }: Pick<StepInput, 'readings' | 'points'>,
): boolean {
  const profile = points.get(pointId)?.profile;
  const reading = readings.get(pointId);
  if (profile?.state !== 'port' || profile.marks || !reading || reading instanceof Error) return false;
  const port = reading.ports.find((one) => one.port === isolation.port);
  return isolation.quarantineVlan !== null && port?.vlan === isolation.quarantineVlan;
}

/** Sessions that still carry what is assigned no more, where something can make them begin anew. */
function sessionsBack(mac: string, purpose: 'clean' | 'release', input: StepInput): PendingStep[] {
  const { readings, points, applied, now } = input;
  // What is assigned must be known to be gone first: a session that begins anew would take it again.
  if ([...readings.values()].some((one) => one instanceof Error)) return [];
  return answered(readings).flatMap(({ sessions }) =>
    sessions.flatMap((session): PendingStep[] => {
      if (session.mac !== mac || !session.isolated || settles(applied.get(mac), now)) return [];
      const { sessionId, port } = session;
      const switchId = session.switch ?? applied.get(mac)?.isolation.switch ?? null;
      const pointId = renewingPoint(points, switchId)?.facts.id;
      if (pointId === undefined) return [];
      const step: Step = { kind: 'renew-session', mac, switch: switchId, port, sessionId, isolation: null };
      return [{ mac, pointId, purpose, step, text: `${pointId}: session of ${mac} renewed` }];
    }),
  );
}
