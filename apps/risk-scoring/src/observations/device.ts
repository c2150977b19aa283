import { evidenceId, type Observation } from '#events';
import type { Finding, ObservationContext } from '../detectors/detector.js';
import { REGISTRY } from '../detectors/registry.js';
import { signOf, SIGNS } from '../detectors/signs.js';
import { CLAIMED, type DetectorName, type Evidence } from '../evidence/evidence.js';
import { decibansAt, NEGLIGIBLE, weigh, type Level } from '../evidence/level.js';
import type { Published } from '../assessments/publication.js';

/** Everything that is remembered of one device, as plain data. Detectors and levels are by detector and domain. */
export interface DeviceState {
  deviceId: string;
  /** Only what was observed after this moment (ms; the last release) weighs. null: never released. */
  since: number | null;
  detectors: Readonly<Record<string, unknown>>;
  levels: Readonly<Record<string, Level>>;
  published: Published | null;
}

export function newDevice(deviceId: string, since: number | null): DeviceState {
  return { deviceId, since, detectors: {}, levels: {}, published: null };
}

/** A released device starts again: what was held against it, and what was seen of it, is gone. */
export function released(device: DeviceState, at: number): DeviceState {
  return { ...device, since: at, detectors: {}, levels: {} };
}

/** Weighs one observation of a device: (state, observation, context) → (state, evidence). */
export function observe(
  device: DeviceState,
  observation: Observation,
  context: ObservationContext,
  weakDomain: boolean,
): { device: DeviceState; evidence: Evidence[]; unjudgedBy: DetectorName | null } {
  const ignored = { device, evidence: [], unjudgedBy: null };
  // A packet that entered at another access port says nothing of this device.
  if (observation.binding === 'contradicted') return ignored;
  if (device.since !== null && context.at <= device.since) return ignored;
  const name = SIGNS[signOf(observation, context)];
  if (name === null) return ignored;
  const trustDomain = observation.binding === 'claimed' ? CLAIMED : observation.trustDomain;
  const key = `${name} ${trustDomain}`;
  const detector = REGISTRY[name];
  if (detector.needs.some((need) => context.lacks.includes(need))) return { ...ignored, unjudgedBy: name };
  const { state, findings } = detector.observe(device.detectors[key] ?? detector.initial, observation, context);
  const evidence = findings.map((finding) => asEvidence(name, trustDomain, observation, finding, weakDomain));
  const detectors = { ...device.detectors, [key]: state };
  return {
    device: { ...device, detectors, levels: evidence.reduce(raised(key), device.levels) },
    evidence,
    unjudgedBy: null,
  };
}

/** Forgets levels that say nothing any more and detectors that saw nothing within a day. Changes no assessment. */
export function pruned(device: DeviceState, now: number): DeviceState {
  const levels = Object.entries(device.levels).filter(([, level]) => decibansAt(level, now) >= NEGLIGIBLE);
  const detectors = Object.entries(device.detectors).filter(([key, state]) => {
    const name = key.slice(0, key.indexOf(' ')) as DetectorName;
    return now - REGISTRY[name].touchedAt(state) < LONGEST_SPAN_MS;
  });
  return { ...device, levels: Object.fromEntries(levels), detectors: Object.fromEntries(detectors) };
}

/** The longest window of any detector. */
const LONGEST_SPAN_MS = 24 * 3600 * 1000;

const raised = (key: string) => (levels: DeviceState['levels'], evidence: Evidence) => {
  const level = weigh(levels[key], evidence);
  const { [key]: _, ...others } = levels;
  return level ? { ...others, [key]: level } : others;
};

function asEvidence(
  detector: DetectorName,
  trustDomain: string,
  { observationId, sensorId, binding, authenticated }: Observation,
  { corrects, ...finding }: Finding,
  weakDomain: boolean,
): Evidence {
  return {
    ...finding,
    evidenceId: evidenceId(corrects ? `${detector}-corrected` : detector, observationId),
    observationId,
    sensorId,
    detector,
    trustDomain,
    binding: binding === 'bound' ? 'bound' : 'claimed',
    authenticated: authenticated && !weakDomain,
  };
}
