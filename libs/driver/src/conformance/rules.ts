import { compileRules } from './compile-rules.js';
import type { RuleBench } from './acting.js';
import { effectRules } from './effect-rules.js';
import { faultRules } from './fault-rules.js';
import { ownershipRules } from './ownership-rules.js';

/** Something that every driver keeps; `check` throws where it does not. */
export interface Rule {
  /** A sentence about the driver. */
  name: string;
  check(bench: RuleBench): Promise<void>;
}

/** All that a driver promises, whatever its point is. */
export const RULES: readonly Rule[] = [...compileRules, ...effectRules, ...ownershipRules, ...faultRules];
