import { compileRules } from './compile-rules.js';
import type { Rule } from './acting.js';
import { effectRules } from './effect-rules.js';
import { faultRules } from './fault-rules.js';
import { ownershipRules } from './ownership-rules.js';

/** All that a driver promises, whatever its point is. */
export const RULES: readonly Rule[] = [...compileRules, ...effectRules, ...ownershipRules, ...faultRules];
