import type { PointReading, PortReading, Step } from '#driver';
import type { PlanningPoint, Readings } from '../read/point.js';
import { answered, type Plan, type PlannedInterface } from './plan.js';

/** A step that is not true yet, with what people read of it. */
export interface PendingStep {
  mac: string;
  pointId: string;
  step: Step;
  /** `clean`: takes away what an interface left at a port that it is no longer at. */
  purpose: 'isolate' | 'clean' | 'release';
  text: string;
}

/** Cookies hold the generation modulo this; the port's mark holds the whole one. */
const COOKIE_GENERATIONS = 65_536;

/** Whether the point holds exactly the entries that the plan wants for this interface. */
export function entriesMatch(reading: PointReading, { isolation, entries }: PlannedInterface): boolean {
  const held = reading.entries.filter((one) => one.deviceNumber === isolation.deviceNumber);
  if (held.length !== new Set(entries).size) return false;
  const generation = isolation.generation % COOKIE_GENERATIONS;
  const wanted = new Set(entries);
  return held.every((one) => one.generation === generation && wanted.has(one.text));
}

/** Whether the port is in the VLAN that the plan wants and carries our mark of this generation. */
export function portMatches(port: PortReading | undefined, { isolation }: PlannedInterface): boolean {
  if (isolation.mode === 'filter') return port !== undefined && port.mark?.deviceNumber !== isolation.deviceNumber;
  if (!port?.mark || port.vlan !== isolation.quarantineVlan) return false;
  const { deviceNumber, generation, quarantineId } = port.mark;
  return (
    deviceNumber === isolation.deviceNumber &&
    generation === isolation.generation &&
    quarantineId === isolation.quarantineId
  );
}

/**
 * For each interface the first step that is not true yet: permits, then the move, then what it left elsewhere. The next
 * one follows after a fresh reading has shown this one.
 */
export function pendingSteps(
  plan: Plan,
  readings: Readings,
  points: ReadonlyMap<string, PlanningPoint>,
): PendingStep[] {
  return plan.interfaces.flatMap((planned) => {
    const reading = readings.get(planned.pointId);
    if (!reading || reading instanceof Error) return [];
    const step = isolatingStep(planned, reading);
    if (step) return [step];
    return leftBehind(planned, readings, points).slice(0, 1);
  });
}

/** Everything of ours that a point still holds for these interfaces: the port first, then the entries. */
export function releaseSteps(
  numbers: ReadonlyMap<string, number>,
  readings: Readings,
  points: ReadonlyMap<string, PlanningPoint>,
): PendingStep[] {
  return [...numbers].flatMap(([mac, number]) =>
    answered(readings).flatMap((reading) => undo(reading, mac, number, 'release', points).slice(0, 1)),
  );
}

function isolatingStep(planned: PlannedInterface, reading: PointReading): PendingStep | undefined {
  const { mac, pointId, isolation, entries } = planned;
  const base = { mac, pointId, purpose: 'isolate' as const };
  if (!entriesMatch(reading, planned)) {
    return { ...base, step: { kind: 'install-entries', isolation }, text: installText(planned, entries.length) };
  }
  const port = reading.ports.find((one) => one.port === planned.port);
  if (portMatches(port, planned)) return undefined;
  if (isolation.mode === 'vlan-bridged')
    return { ...base, step: { kind: 'move-port', isolation }, text: moveText(planned) };
  const { quarantineId } = port?.mark ?? isolation;
  const step: Step = { kind: 'restore-port', port: planned.port, quarantineId, quarantineVlan: port?.vlan ?? null };
  return { ...base, step, text: `${pointId}: port ${planned.port} back to VLAN ${isolation.homeVlan}` };
}

/** What people read of a plan, in order. */
export function stepTexts(plan: Plan): string[] {
  return plan.interfaces.flatMap((planned) => [
    installText(planned, planned.entries.length),
    ...(planned.mode === 'vlan-bridged' ? [moveText(planned)] : []),
  ]);
}

function installText({ pointId }: PlannedInterface, count: number): string {
  return `${pointId}: ${count} permit and deny entries`;
}

function moveText({ pointId, port, isolation }: PlannedInterface): string {
  return `${pointId}: port ${port} to VLAN ${isolation.quarantineVlan}`;
}

/** Ports that carry an interface's mark although it is elsewhere now, and entries at points that it has left. */
function leftBehind(
  planned: PlannedInterface,
  readings: Readings,
  points: ReadonlyMap<string, PlanningPoint>,
): PendingStep[] {
  return answered(readings).flatMap((reading) => {
    const here = reading.pointId === planned.pointId;
    const steps = undo(reading, planned.mac, planned.isolation.deviceNumber, 'clean', points);
    return steps.filter(({ step }) => !here || (step.kind === 'restore-port' && step.port !== planned.port));
  });
}

/** The steps that take away what a point holds under a number. */
function undo(
  reading: PointReading,
  mac: string,
  number: number,
  purpose: 'clean' | 'release',
  points: ReadonlyMap<string, PlanningPoint>,
): PendingStep[] {
  const { pointId } = reading;
  const base = { mac, pointId, purpose };
  const quarantineVlan = points.get(pointId)?.facts.quarantineVlan ?? null;
  const steps: PendingStep[] = [];
  for (const { port, mark } of reading.ports) {
    if (mark?.deviceNumber !== number) continue;
    const step: Step = { kind: 'restore-port', port, quarantineId: mark.quarantineId, quarantineVlan };
    steps.push({ ...base, step, text: `${pointId}: port ${port} back to VLAN ${mark.prior.vlan}` });
  }
  if (reading.entries.some((one) => one.deviceNumber === number)) {
    const step: Step = { kind: 'remove-entries', deviceNumber: number };
    steps.push({ ...base, step, text: `${pointId}: entries of ${mac} removed` });
  }
  return steps;
}
