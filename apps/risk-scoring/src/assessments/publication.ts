import type { Level } from '#events';
import type { Assessment } from './assessment.js';

/** What was last told of a device. Level null: something was, but a restart lies between, so nobody knows what. */
export interface Published {
  level: Level | null;
  counted: number;
  at: number;
}

/** What a snapshot knows of it: more may have been told since, of which the replay makes no second time. */
export const TOLD_BEFORE_RESTART: Published = { level: null, counted: 0, at: 0 };

/** A smaller move is none that a person or a policy could use. */
const MOVED_DECIBANS = 0.5;
const SHORTEST_INTERVAL_MS = 1000;

/**
 * Whether an assessment is told now, later or not. A change of level goes at once: people and policy wait for it. Other
 * moves go once a second at most. A device of which nothing was ever told starts from nothing held against it.
 */
export function whenToPublish(last: Published | null, next: Assessment, now: number): 'now' | 'later' | 'never' {
  if (next.level !== (last === null ? 'none' : last.level)) return 'now';
  if (Math.abs(next.counted - (last?.counted ?? 0)) < MOVED_DECIBANS) return 'never';
  return last === null || now - last.at >= SHORTEST_INTERVAL_MS ? 'now' : 'later';
}

/** Whether what was last told is that nothing is held against the device: then there is nothing to take back. */
export function wasToldQuiet(last: Published | null): boolean {
  return last === null || (last.level === 'none' && last.counted < MOVED_DECIBANS);
}
