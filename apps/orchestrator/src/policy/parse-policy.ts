import { parseConfig, type ConfigProblem } from '#config';
import { policyFile, type Policy } from './policy.js';

/** A policy from the text of its file, or every mistake in it by name. */
export function parsePolicy(text: string): { ok: true; policy: Policy } | { ok: false; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const policy = parseConfig(policyFile, text, problems);
  return policy ? { ok: true, policy } : { ok: false, problems };
}
