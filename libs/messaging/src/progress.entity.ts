import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * How far a consumer has come in a partition: the truth, of which the broker's committed offset is a copy. Every step
 * moves it in the transaction of its effects, and only for the owner whose epoch it carries.
 */
@Entity('progress')
export class ProgressEntity {
  @PrimaryColumn('text')
  consumer: string;

  @PrimaryColumn('text')
  topic: string;

  @PrimaryColumn('integer')
  partition: number;

  /** The first offset not yet handled; null: begin at the start of the log. */
  @Column('bigint', { name: 'next_offset', nullable: true })
  nextOffset: string | null;

  /** Grows at each assignment and each reset, so that an owner that was replaced writes nothing more. */
  @Column('bigint', { name: 'owner_epoch' })
  ownerEpoch: string;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}

/** A reset of progress by a person: who, why, from where to where. Rows are only ever added. */
@Entity('progress_resets')
export class ProgressResetEntity {
  @PrimaryColumn('bigint', { generated: 'identity', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('timestamptz', { default: () => 'now()' })
  at: Date;

  @Column('text')
  consumer: string;

  @Column('text')
  topic: string;

  @Column('integer')
  partition: number;

  @Column('bigint', { name: 'from_offset', nullable: true })
  fromOffset: string | null;

  @Column('bigint', { name: 'to_offset', nullable: true })
  toOffset: string | null;

  @Column('text')
  reason: string;

  @Column('text')
  actor: string;
}
