import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An enforcement point as enforcement last reported it (`body`). */
@Entity('points')
export class PointEntity {
  @PrimaryColumn('text', { name: 'point_id' })
  pointId: string;

  @Column('text')
  body: string;

  @Column('timestamptz', { name: 'reported_at' })
  reportedAt: Date;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt: Date;
}
