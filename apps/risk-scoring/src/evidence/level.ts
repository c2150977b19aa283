import { DETECTORS, type DetectorName, type Evidence } from './evidence.js';

/** A level stays in [0, 60] at each step: below, a device would buy innocence; above, a flood would last for days. */
const CEILING = 60;
/** Below this a level says nothing (a rounded 0.0) and is forgotten with its reasons. */
export const NEGLIGIBLE = 0.01;
const MOST_LABELS = 8;
const OTHER = 'other';

/** What one detector holds against one device from one trust domain. Plain data: it is part of a snapshot. */
export interface Level {
  detector: DetectorName;
  trustDomain: string;
  binding: 'bound' | 'claimed';
  /** Whether every piece came from an authenticated sensor. */
  authenticated: boolean;
  /** At the moment `at` (ms); later it is less. */
  decibans: number;
  at: number;
  firstAt: number;
  items: number;
  lowered: number;
  labels: Readonly<Record<string, number>>;
  /** The observation of the newest piece. */
  last: string;
}

/** The decibans of a level at a moment, in ms. A moment before the level's own gives the level itself. */
export function decibansAt(level: Level, now: number): number {
  return level.decibans * fade(level.detector, now - level.at);
}

/**
 * Adds a piece of evidence to its level. A piece older than the level has faded by its age, so that the order in which
 * sensors report does not matter while the level is inside its limits. A level that reached 0 is forgotten.
 */
export function weigh(level: Level | undefined, evidence: Evidence): Level | undefined {
  const at = Math.max(level?.at ?? evidence.at, evidence.at);
  const before = level ? decibansAt(level, at) : 0;
  const added = evidence.decibans * fade(evidence.detector, at - evidence.at);
  const decibans = Math.max(0, Math.min(CEILING, before + added));
  if (decibans < NEGLIGIBLE) return undefined;
  const known = level && before >= NEGLIGIBLE ? level : undefined;
  return {
    detector: evidence.detector,
    trustDomain: evidence.trustDomain,
    binding: evidence.binding,
    authenticated: evidence.authenticated && (known?.authenticated ?? true),
    decibans,
    at,
    firstAt: Math.min(known?.firstAt ?? evidence.at, evidence.at),
    items: Math.max(0, (known?.items ?? 0) + evidence.items),
    lowered: (known?.lowered ?? 0) + (evidence.decibans < 0 ? 1 : 0),
    labels: tallied(known?.labels ?? {}, evidence),
    last: known && evidence.at < known.at ? known.last : evidence.observationId,
  };
}

function fade(detector: DetectorName, elapsedMs: number): number {
  return 2 ** (-Math.max(0, elapsedMs) / (DETECTORS[detector].halfLifeSeconds * 1000));
}

function tallied(labels: Level['labels'], { label, items }: Evidence): Level['labels'] {
  if (items === 0) return labels;
  const fits = label in labels || Object.keys(labels).length < MOST_LABELS;
  const name = fits ? label : OTHER;
  return { ...labels, [name]: Math.max(0, (labels[name] ?? 0) + items) };
}
