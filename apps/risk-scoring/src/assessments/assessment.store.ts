import type { AssessmentChanged } from '#events';
import type { EntityManager } from 'typeorm';

/** Keeps the newest assessment of each device: by (epoch, offset), then by time. */
export async function putAssessments(manager: EntityManager, events: readonly AssessmentChanged[]): Promise<void> {
  const rows = events.map(({ data, time }) => ({
    device_id: data.deviceId,
    assessment_id: data.assessmentId,
    as_of_epoch: data.asOfEpoch,
    as_of_partition: data.asOfPartition,
    as_of_offset: data.asOfOffset,
    level: data.level,
    log_odds: data.logOdds,
    at: time,
    body: JSON.stringify(data),
  }));
  await manager.query(
    `INSERT INTO assessments AS a
     SELECT * FROM jsonb_to_recordset($1) AS r (device_id text, assessment_id text, as_of_epoch bigint,
            as_of_partition integer, as_of_offset bigint, level text, log_odds double precision, at timestamptz, body text)
         ON CONFLICT (device_id) DO UPDATE
        SET assessment_id = excluded.assessment_id, as_of_epoch = excluded.as_of_epoch,
            as_of_partition = excluded.as_of_partition, as_of_offset = excluded.as_of_offset,
            level = excluded.level, log_odds = excluded.log_odds, at = excluded.at, body = excluded.body
      WHERE (excluded.as_of_epoch, excluded.as_of_offset, excluded.at) > (a.as_of_epoch, a.as_of_offset, a.at)`,
    [JSON.stringify(rows)],
  );
}
