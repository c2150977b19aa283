import { z } from 'zod';
import { cloudEvent } from '../cloud-event.js';
import { BINDINGS, FAMILIES, LEVELS, count, decibans, id, offset, time, word } from '../words.js';

/** What one detector says from one trust domain; `withoutIt`: the log-odds recomputed without this part. */
export const assessmentPart = z.object({
  detector: id,
  family: word(FAMILIES),
  trustDomain: id,
  binding: word(BINDINGS),
  decibans,
  counted: decibans,
  cutBy: z.enum(['family', 'domain']).nullable(),
  withoutIt: decibans,
  halfLifeSeconds: z.number(),
  items: count,
  last: id,
  why: z.string(),
});

/** A device's evidence summed. Readers drop one whose (asOfEpoch, asOfPartition, asOfOffset) is not newer. */
export const assessmentChanged = cloudEvent(
  'lazaret.assessment.changed',
  z.object({
    deviceId: id,
    assessmentId: id,
    asOfEpoch: count,
    asOfPartition: count,
    asOfOffset: offset,
    rulesVersion: z.string(),
    prior: decibans,
    counted: decibans,
    logOdds: decibans,
    level: word(LEVELS),
    countedAlone: decibans,
    mayActAlone: z.boolean(),
    inWords: z.string(),
    sentence: z.string(),
    firstEvidenceAt: time.nullable(),
    parts: z.array(assessmentPart),
  }),
);
export type AssessmentChanged = z.infer<typeof assessmentChanged>;
export type AssessmentPart = z.infer<typeof assessmentPart>;
