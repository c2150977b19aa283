import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A drill that was asked for: kept for good, so that none is carried out twice. `written` is what may have to be taken away
 * again, noted before the first write; null once it is gone.
 */
@Entity('point_drills')
@Index('point_drills_open', ['receivedAt'], { where: `"ended_at" IS NULL` })
@Index('point_drills_point', ['pointId', 'receivedAt'])
export class PointDrillEntity {
  @PrimaryColumn('text', { name: 'drill_id' })
  drillId: string;

  @Column('text', { name: 'point_id' })
  pointId: string;

  @Column('text')
  body: string;

  @Column('text')
  state: string;

  @Column('text', { nullable: true })
  written: string | null;

  @Column('text', { default: '[]' })
  findings: string;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt: Date;

  @Column('text', { nullable: true })
  holder: string | null;

  @Column('timestamptz', { name: 'leased_until', nullable: true })
  leasedUntil: Date | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;
}
