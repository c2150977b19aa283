import { z } from 'zod';
import { cloudEvent } from '../cloud-event.js';
import { CONDITIONS, CRITICALITIES, DECISIONS, LEVELS, TRUTHS, count, decibans, digest, id, word } from '../words.js';

const data = z.object({
  quarantineId: id,
  version: count,
  deviceId: id,
  asset: id.nullable(),
  name: z.string(),
  modality: z.string(),
  criticality: word(CRITICALITIES),
  site: id,
  ward: z.string(),
  decision: word(DECISIONS),
  truth: word(TRUTHS),
  conditions: z.array(word(CONDITIONS)),
  actor: z.string(),
  actorRole: z.string(),
  reason: z.string(),
  approvalsNeeded: count,
  approvalsGiven: count,
  level: word(LEVELS),
  logOdds: decibans,
  inWords: z.string(),
  planDigest: digest.nullable(),
  epoch: count,
  generation: count,
  kept: count,
  cut: count,
  url: z.string(),
  undo: z.string(),
});

export const QUARANTINE_CHANGES = [...DECISIONS, 'truth-changed', 'condition-changed'] as const;
export type QuarantineChange = (typeof QUARANTINE_CHANGES)[number];

const change = <C extends QuarantineChange>(word: C) => cloudEvent(`lazaret.quarantine.${word}` as const, data);

/** What people and automation follow: every decision, and each change of truth or conditions, all with the same data. */
export const quarantineEvent = z.discriminatedUnion('type', [
  change('proposed'),
  change('approved'),
  change('rejected'),
  change('withdrawn'),
  change('lapsed'),
  change('released'),
  change('closed'),
  change('truth-changed'),
  change('condition-changed'),
]);
export type QuarantineEvent = z.infer<typeof quarantineEvent>;
export type QuarantineEventData = z.infer<typeof data>;
