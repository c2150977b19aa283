import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The newest assessment of a device; the place in the log says which is newer. */
@Entity('assessments')
export class AssessmentEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

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

  @Column('timestamptz', { name: 'below_propose_at', nullable: true })
  belowProposeAt: Date | null;

  @Column('text')
  body: string;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt: Date;
}
