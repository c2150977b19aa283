import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The preview asked for (`body`), and the plan that enforcement made for it. */
@Entity('previews')
export class PreviewEntity {
  @PrimaryColumn('text', { name: 'quarantine_id' })
  quarantineId: string;

  @Column('text', { name: 'device_id' })
  deviceId: string;

  @Column('bigint')
  epoch: string;

  @Column('bigint')
  generation: string;

  @Column('text')
  body: string;

  @Column('timestamptz', { name: 'published_at' })
  publishedAt: Date;

  @Column('text', { name: 'plan_digest', nullable: true })
  planDigest: string | null;

  @Column('text', { nullable: true })
  plan: string | null;

  @Column('timestamptz', { name: 'plan_at', nullable: true })
  planAt: Date | null;
}

/** The wanted isolation of a device (`body`), and the newest of it that enforcement has seen. */
@Entity('wanted')
export class WantedEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @Column('text', { name: 'quarantine_id' })
  quarantineId: string;

  @Column('bigint')
  epoch: string;

  @Column('bigint')
  generation: string;

  @Column('text')
  mode: string;

  @Column('boolean')
  frozen: boolean;

  @Column('text')
  body: string;

  @Column('timestamptz', { name: 'published_at' })
  publishedAt: Date;

  @Column('bigint', { name: 'seen_epoch', nullable: true })
  seenEpoch: string | null;

  @Column('bigint', { name: 'seen_generation', nullable: true })
  seenGeneration: string | null;

  @Column('timestamptz', { name: 'seen_at', nullable: true })
  seenAt: Date | null;
}

/** A device that an engineer holds: nothing is written to its ports but a release. */
@Entity('holds')
export class HoldEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @Column('text')
  reason: string;

  @Column('text', { name: 'held_by' })
  heldBy: string;

  @Column('timestamptz', { name: 'held_at' })
  heldAt: Date;
}
