import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How far a source has been read: a file's inode and octet, or an exporter's next sequence number, as JSON. */
@Entity('sequences')
export class SequenceEntity {
  @PrimaryColumn('text', { name: 'sensor_id' })
  sensorId: string;

  @PrimaryColumn('text')
  source: string;

  @Column('text')
  position: string;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
