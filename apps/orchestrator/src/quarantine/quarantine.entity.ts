import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The last generation given for a device. It grows in the statement of each decision and is never reset. */
@Entity('generations')
export class GenerationEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @Column('bigint')
  generation: string;
}

/** The people's record of one device's isolation. At most one is open for a device. */
@Index('quarantines_one_open', ['deviceId'], {
  unique: true,
  where: `decision IN ('proposed', 'approved', 'released')`,
})
@Check(
  'quarantines_decision',
  `decision IN ('proposed', 'approved', 'rejected', 'withdrawn', 'lapsed', 'released', 'closed')`,
)
@Check('quarantines_truth', `truth IN ('intended', 'acknowledged', 'proven')`)
@Entity('quarantines')
export class QuarantineEntity {
  @PrimaryColumn('text')
  id: string;

  @Column('bigint')
  version: string;

  @Index('quarantines_device')
  @Column('text', { name: 'device_id' })
  deviceId: string;

  @Column('text')
  decision: string;

  @Column('text')
  truth: string;

  @Column('macaddr', { name: 'weakest_mac', nullable: true })
  weakestMac: string | null;

  @Column('text', { name: 'requested_by' })
  requestedBy: string;

  @Column('text', { name: 'requested_role' })
  requestedRole: string;

  @Column('text')
  reason: string;

  @Column('text')
  rule: string;

  @Column('text', { name: 'policy_version' })
  policyVersion: string;

  @Column('text')
  terms: string;

  @Column('text')
  level: string;

  @Column('double precision', { name: 'log_odds' })
  logOdds: number;

  @Column('text', { name: 'in_words' })
  inWords: string;

  @Column('text', { nullable: true })
  assessment: string | null;

  @Column('macaddr', { array: true })
  macs: string[];

  @Column('text')
  permits: string;

  @Column('bigint')
  epoch: string;

  @Column('bigint')
  generation: string;

  @Column('text', { name: 'plan_digest', nullable: true })
  planDigest: string | null;

  @Column('text', { nullable: true })
  refusal: string | null;

  @Column('text', { nullable: true })
  undo: string | null;

  @Column('timestamptz', { name: 'proposed_at' })
  proposedAt: Date;

  @Column('timestamptz', { name: 'decided_at', nullable: true })
  decidedAt: Date | null;

  @Column('text', { name: 'decided_by', nullable: true })
  decidedBy: string | null;

  @Column('text', { name: 'decided_role', nullable: true })
  decidedRole: string | null;

  @Column('timestamptz', { name: 'released_at', nullable: true })
  releasedAt: Date | null;

  @Column('timestamptz', { name: 'lapse_at', nullable: true })
  lapseAt: Date | null;

  @Column('timestamptz', { name: 'review_at', nullable: true })
  reviewAt: Date | null;

  @Column('timestamptz', { name: 'close_at', nullable: true })
  closeAt: Date | null;
}
