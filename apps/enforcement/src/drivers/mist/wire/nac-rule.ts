import { z } from 'zod';
import { parsed } from '../../http/parsed.js';

/** GET /api/v1/orgs/ORG/nacrules and …/nactags: a rule matches by tags, and a tag of user MACs names labels. */
const rules = z.array(
  z.object({
    name: z.string(),
    enabled: z.boolean().default(true),
    matching: z.object({ nactags: z.array(z.string()).nullish() }).nullish(),
    apply_tags: z.array(z.string()).nullish(),
  }),
);
const tags = z.array(
  z.object({
    id: z.string(),
    type: z.string(),
    match: z.string().nullish(),
    values: z.array(z.string()).nullish(),
    allow_usermac_override: z.boolean().nullish(),
  }),
);

/** What is wrong with the rule that is to isolate by this label; null: nothing. */
export function ruleProblem(rulesJson: unknown, tagsJson: unknown, rule: string, label: string): string | null {
  const found = parsed(rules, rulesJson, 'the rules').find(({ name }) => name === rule);
  if (!found) return 'there is no rule of this name';
  if (!found.enabled) return 'it is disabled';
  const known = parsed(tags, tagsJson, 'the tags');
  const matches = known.filter(({ id }) => found.matching?.nactags?.includes(id));
  const isMatched = matches.some((tag) => tag.match === 'usermac_label' && tag.values?.includes(label));
  if (!isMatched) return `it does not match the label ${label}`;
  const applied = known.filter(({ id }) => found.apply_tags?.includes(id));
  if (applied.some((tag) => tag.allow_usermac_override)) return "its tags let a client's own VLAN override theirs";
  return applied.length > 0 ? null : 'it applies no tag, so that it isolates nobody';
}
