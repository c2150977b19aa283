import { makeEvent, observationId, type AssessmentChanged } from '#events';
import { RULES_VERSION } from '../evidence/evidence.js';
import type { Assessment } from './assessment.js';

/** Up to which event of the observations an assessment was made. The epoch grows when the topic or database was reset. */
export interface AsOf {
  epoch: number;
  partition: number;
  offset: string;
}

/** The event of an assessment: decibans rounded to 0.1; levels were taken from the unrounded numbers. */
export function assessmentEvent(deviceId: string, assessment: Assessment, asOf: AsOf, now: number): AssessmentChanged {
  const { firstEvidenceAt, parts, prior, counted, logOdds, countedAlone, ...words } = assessment;
  return makeEvent({
    type: 'lazaret.assessment.changed',
    source: '/risk-scoring',
    subject: deviceId,
    time: new Date(now),
    data: {
      deviceId,
      assessmentId: observationId('assessment', deviceId, asOf.epoch, asOf.partition, asOf.offset, now),
      asOfEpoch: asOf.epoch,
      asOfPartition: asOf.partition,
      asOfOffset: asOf.offset,
      rulesVersion: RULES_VERSION,
      prior: tenth(prior),
      counted: tenth(counted),
      logOdds: tenth(logOdds),
      countedAlone: tenth(countedAlone),
      ...words,
      firstEvidenceAt: firstEvidenceAt === null ? null : new Date(firstEvidenceAt).toISOString(),
      parts: parts.map((part) => ({
        ...part,
        decibans: tenth(part.decibans),
        counted: tenth(part.counted),
        withoutIt: tenth(part.withoutIt),
      })),
    },
  });
}

function tenth(decibans: number): number {
  const rounded = Math.round(decibans * 10) / 10;
  return rounded === 0 ? 0 : rounded;
}
