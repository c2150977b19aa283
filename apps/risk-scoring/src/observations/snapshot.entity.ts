import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The state of a partition up to an offset. Progress and snapshot are one transaction. */
@Entity('snapshots')
export class SnapshotEntity {
  @PrimaryColumn('integer')
  partition: number;

  /** The first offset that is not in it. */
  @Column('bigint', { name: 'next_offset' })
  nextOffset: string;

  @Column('bytea')
  bytes: Buffer;

  @Column('timestamptz', { name: 'taken_at', default: () => 'now()' })
  takenAt: Date;
}
