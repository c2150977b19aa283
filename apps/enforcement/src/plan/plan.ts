import type { PlanMode } from '#events';
import type { DriverProfile, PointIsolation, PointReading } from '#driver';
import type { Location, Neighbour } from '../read/location.js';
import { interfaceOf } from '../read/location.js';
import type { PlanningPoint, Readings } from '../read/point.js';
import type { Permit, Wanted } from '../wanted/wanted.js';
import { planDigest } from './digest.js';
import { planInterface } from './plan-interface.js';

/** What we have applied at a port, as the interface's state remembers it. */
export interface Applied {
  pointId: string;
  isolation: PointIsolation;
  /** The session that we have told to take it, and when; null: none. */
  renewed: Renewed | null;
}

export interface Renewed {
  sessionId: string;
  at: Date;
}

/** Everything that planning looks at. Numbers and what is applied are by MAC, points and readings by id. */
export interface PlanInput {
  wanted: Wanted;
  location: Location | null;
  neighbours: readonly Neighbour[];
  points: ReadonlyMap<string, PlanningPoint>;
  readings: Readings;
  numbers: ReadonlyMap<string, number>;
  applied: ReadonlyMap<string, Applied>;
}

/** One interface's part of a plan: everything that its steps need. */
export interface PlannedInterface {
  mac: string;
  /** The point of the switch, or the NAC that has it. */
  pointId: string;
  /** Who holds what is assigned to the MAC, and is told it instead of the switch; null: the point keeps entries itself. */
  policyPointId: string | null;
  port: string;
  mode: PointIsolation['mode'];
  isolation: PointIsolation;
  profile: DriverProfile;
  /** The isolation in the words of whoever is told it, compiled. */
  entries: string[];
  /** How a session's policy reads that carries exactly this; null where sessions don't tell. */
  policy: string | null;
  entriesMax: number;
  interruptionMs: number;
  undo: string[];
}

export interface RefusedMode {
  mac: string;
  planMode: PlanMode;
  reason: string;
}

/** The ordered way to make an isolation true, or why there is none. */
export interface Plan {
  deviceId: string;
  quarantineId: string;
  digest: string;
  possible: boolean;
  interfaces: PlannedInterface[];
  /** Interfaces that can't be isolated, named; the others are not held back by them. */
  unplanned: { mac: string; reason: string }[];
  refusedModes: RefusedMode[];
  /** Permits that stay open, and whether the point enforces who opens them. */
  kept: { permit: Permit; openerEnforced: boolean }[];
  /** Flow ids that would not stay open. */
  cut: string[];
  interruptionMs: number;
  associationsBroken: number;
}

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
