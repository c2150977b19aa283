import type { EntityManager } from 'typeorm';
import type { AssessmentChanged } from '#events';

/**
 * Keeps an assessment. False: it is older than the one kept, by its place in the log (epoch, partition, offset);
 * risk-scoring publishes before its snapshot commits, so an older one may come again. One of the same place is kept: time
 * went by, or people released the device, without a new observation, and the topic's order says which came last.
 */
export async function keepAssessment(
  manager: EntityManager,
  assessment: AssessmentChanged['data'],
  belowPropose: boolean,
  now: Date,
): Promise<boolean> {
  const rows: unknown[] = await manager.query(
    `INSERT INTO assessments (device_id, as_of_epoch, as_of_partition, as_of_offset, level, log_odds, below_propose_at, body, received_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (device_id) DO UPDATE SET as_of_epoch = EXCLUDED.as_of_epoch, as_of_partition = EXCLUDED.as_of_partition,
       as_of_offset = EXCLUDED.as_of_offset, level = EXCLUDED.level, log_odds = EXCLUDED.log_odds,
       below_propose_at = coalesce(EXCLUDED.below_propose_at, assessments.below_propose_at), body = EXCLUDED.body,
       received_at = EXCLUDED.received_at
       WHERE (assessments.as_of_epoch, assessments.as_of_partition, assessments.as_of_offset)
           <= (EXCLUDED.as_of_epoch, EXCLUDED.as_of_partition, EXCLUDED.as_of_offset)
     RETURNING device_id`,
    [
      assessment.deviceId,
      assessment.asOfEpoch,
      assessment.asOfPartition,
      assessment.asOfOffset,
      assessment.level,
      assessment.logOdds,
      belowPropose ? now : null,
      JSON.stringify(assessment),
      now,
    ],
  );
  return rows.length > 0;
}
