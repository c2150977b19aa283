import type { AssessmentPart, Level as LevelName } from '#events';
import { countedAlone, tally, type Tally, type Weight } from '../evidence/counted.js';
import { DETECTORS } from '../evidence/evidence.js';
import { decibansAt, NEGLIGIBLE, type Level } from '../evidence/level.js';
import { inWords } from './words.js';
import { sentence, why } from './sentence.js';

/** Before any evidence: one device in ten thousand. */
export const PRIOR = -40;

/** Log-odds from which on a level is reached, on unrounded numbers. Policy may raise them, never lower them. */
export const THRESHOLDS = { watch: -20, propose: -10, isolate: 13 } as const;

/** A device's evidence summed at a moment. Numbers are unrounded; `publishable` rounds. */
export interface Assessment {
  prior: number;
  counted: number;
  logOdds: number;
  level: LevelName;
  countedAlone: number;
  mayActAlone: boolean;
  inWords: string;
  sentence: string;
  /** ms; null where nothing is held against the device. */
  firstEvidenceAt: number | null;
  parts: AssessmentPart[];
}

/** The assessment of a device's levels at `now` (ms). */
export function assess(levels: readonly Level[], now: number, prior = PRIOR): Assessment {
  const weighing = levels.filter((level) => decibansAt(level, now) >= NEGLIGIBLE).sort(byDetectorAndDomain);
  const weights = weighing.map((level) => weightOf(level, now));
  const sums = tally(weights);
  const alone = countedAlone(weights);
  const logOdds = prior + sums.counted;
  return {
    prior,
    counted: sums.counted,
    logOdds,
    level: levelOf(logOdds),
    countedAlone: alone,
    mayActAlone: prior + alone >= THRESHOLDS.isolate,
    inWords: inWords(logOdds),
    sentence: sentence(weighing),
    firstEvidenceAt: weighing.length > 0 ? Math.min(...weighing.map((level) => level.firstAt)) : null,
    parts: weighing.map((level, i) => part(level, i, weights, sums, prior)),
  };
}

export function levelOf(logOdds: number): LevelName {
  if (logOdds >= THRESHOLDS.isolate) return 'isolate';
  if (logOdds >= THRESHOLDS.propose) return 'propose';
  return logOdds >= THRESHOLDS.watch ? 'watch' : 'none';
}

function weightOf(level: Level, now: number): Weight {
  const { trustDomain, authenticated } = level;
  return { family: DETECTORS[level.detector].family, trustDomain, authenticated, decibans: decibansAt(level, now) };
}

/** A part shows what its cap left of it, and what the whole would be without it, summed anew. */
function part(level: Level, index: number, weights: readonly Weight[], sums: Tally, prior: number): AssessmentPart {
  const weight = weights[index] as Weight;
  const others = tally(weights.filter((_, i) => i !== index));
  const bySmaller = sums.byFamily.sum <= sums.byDomain.sum;
  const share = bySmaller
    ? (sums.byFamily.share.get(weight.family) ?? 1)
    : (sums.byDomain.share.get(weight.trustDomain) ?? 1);
  return {
    detector: level.detector,
    family: weight.family,
    trustDomain: level.trustDomain,
    binding: level.binding,
    decibans: weight.decibans,
    counted: weight.decibans * share,
    cutBy: share === 1 ? null : bySmaller ? 'family' : 'domain',
    withoutIt: prior + others.counted,
    halfLifeSeconds: DETECTORS[level.detector].halfLifeSeconds,
    items: level.items,
    last: level.last,
    why: why(level),
  };
}

const ORDER = Object.keys(DETECTORS);

function byDetectorAndDomain(a: Level, b: Level): number {
  return ORDER.indexOf(a.detector) - ORDER.indexOf(b.detector) || a.trustDomain.localeCompare(b.trustDomain);
}
