import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A drill that somebody asked for, and what enforcement has reported of it. */
@Entity('drills')
@Index('drills_point', ['pointId', 'requestedAt'])
export class DrillEntity {
  @PrimaryColumn('text', { name: 'drill_id' })
  drillId: string;

  @Column('text', { name: 'point_id' })
  pointId: string;

  @Column('text', { name: 'requested_by' })
  requestedBy: string;

  @Column('text')
  reason: string;

  @Column('text', { nullable: true })
  port: string | null;

  @Column('macaddr', { nullable: true })
  mac: string | null;

  @Column('text', { nullable: true })
  mode: string | null;

  @Column('timestamptz', { name: 'requested_at' })
  requestedAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  /** `asked` until enforcement has reported it; then as it says. */
  @Column('text', { default: 'asked' })
  state: string;

  @Column('text', { default: '[]' })
  findings: string;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;
}
