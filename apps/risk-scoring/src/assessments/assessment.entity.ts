import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The assessment of each device that was told last. */
@Entity('assessments')
export class AssessmentEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @Column('text', { name: 'assessment_id' })
  assessmentId: string;

  @Column('bigint', { name: 'as_of_epoch' })
  asOfEpoch: string;

  @Column('integer', { name: 'as_of_partition' })
  asOfPartition: number;

  @Column('bigint', { name: 'as_of_offset' })
  asOfOffset: string;

  @Column('text')
  level: string;

  @Column('double precision', { name: 'log_odds' })
  logOdds: number;

  @Column('timestamptz')
  at: Date;

  /** The event's data, JSON text. */
  @Column('text')
  body: string;
}
