import type { PointReading } from '#driver';
import { interfaceOf } from '../read/location.js';
import type { Readings } from '../read/point.js';
import { planDigest } from './digest.js';
import { planInterface } from './plan-interface.js';
import type { Plan, PlanInput } from './planned.js';

/** Open associations survive a gap below this (TCP retransmits; DICOM's own time-outs are longer). */
const SURVIVED_GAP_MS = 3000;

/** The plan of an isolation: pure, so the same wish and the same network give the same digest. */
export function plan(input: PlanInput): Plan {
  const { wanted } = input;
  const outcomes = wanted.macs.map((mac) => planInterface(input, mac));
  const interfaces = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.planned] : []));
  const kept = outcomes.flatMap((outcome) => (outcome.ok ? outcome.kept : []));
  const interruptionMs = Math.max(0, ...interfaces.map((one) => one.interruptionMs));
  const draft = {
    deviceId: wanted.deviceId,
    quarantineId: wanted.quarantineId,
    possible: interfaces.length > 0,
    interfaces,
    unplanned: outcomes.flatMap((outcome) => (outcome.ok ? [] : [{ mac: outcome.mac, reason: outcome.reason }])),
    refusedModes: outcomes.flatMap((outcome) => outcome.refused),
    kept,
    cut: [...outcomes.flatMap((outcome) => (outcome.ok ? outcome.cut : [])), ...homeless(input)].sort(),
    interruptionMs,
    associationsBroken:
      interruptionMs < SURVIVED_GAP_MS ? 0 : kept.filter((one) => one.permit.transport === 'tcp').length,
  };
  return { ...draft, digest: planDigest(draft) };
}

/** The readings of the points that answered. */
export function answered(readings: Readings): PointReading[] {
  return [...readings.values()].filter((one): one is PointReading => !(one instanceof Error));
}

/** Flows whose own address no wanted interface has: nothing can keep them open, so they are cut and named. */
function homeless({ wanted, location, applied }: PlanInput): string[] {
  const addresses = new Set<string>();
  for (const mac of wanted.macs) {
    const address = interfaceOf(location, mac)?.address ?? applied.get(mac)?.isolation.address;
    if (address) addresses.add(address);
  }
  if (addresses.size === 0) return [];
  return wanted.permits.filter((permit) => !addresses.has(permit.deviceAddress)).map((permit) => permit.flowId);
}
