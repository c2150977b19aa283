import type { RadiusAttribute } from '../../syntax/packet-budget.js';

/** Without it FreeRADIUS takes nothing of an answer (freeradius/policy.d/lazaret). */
const MARK = 'lazaret isolates';

/**
 * The answer for an isolated device in the format of FreeRADIUS's rlm_rest: attributes of the `control` list, from where
 * the site's policy takes them as a whole. Nothing in a value is expanded.
 *
 *     { "control:NAME": { "op": ":=" | "+=", "do_xlat": false, "value": [...] }, … }
 */
export function answerBody(label: string, attributes: readonly RadiusAttribute[]): string {
  const values = new Map<string, (string | number)[]>();
  for (const { name, value } of attributes) values.set(name, [...(values.get(name) ?? []), value]);
  const all: [string, (string | number)[]][] = [...values, ['Class', [label]], ['Tmp-String-9', [MARK]]];
  return JSON.stringify(
    Object.fromEntries(
      all.map(([name, value]) => [`control:${name}`, { op: value.length > 1 ? '+=' : ':=', do_xlat: false, value }]),
    ),
  );
}
