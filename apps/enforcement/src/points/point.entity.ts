import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a drill has shown of a point. It counts only for this model under this configuration. */
@Entity('point_profiles')
export class PointProfileEntity {
  @PrimaryColumn('text', { name: 'point_id' })
  pointId: string;

  @Column('text')
  model: string;

  @Column('text')
  fingerprint: string;

  @Column('text')
  measured: string;

  @Column('text', { name: 'drill_id' })
  drillId: string;

  @Column('text', { name: 'drilled_by' })
  drilledBy: string;

  @Column('timestamptz', { name: 'drilled_at' })
  drilledAt: Date;
}

/** Which replica reports a point, until when by the database's clock: two would contradict each other. */
@Entity('point_reporters')
export class PointReporterEntity {
  @PrimaryColumn('text', { name: 'point_id' })
  pointId: string;

  @Column('text')
  holder: string;

  @Column('timestamptz', { name: 'until' })
  until: Date;
}
