import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One person's consent to one plan under one policy. It is spent when the plan that it was given for changed. */
@Index('approvals_person_once', ['quarantineId', 'planDigest', 'policyVersion', 'person'], {
  unique: true,
  where: 'spent_at IS NULL',
})
@Entity('approvals')
export class ApprovalEntity {
  @PrimaryColumn('text')
  id: string;

  @Column('text', { name: 'quarantine_id' })
  quarantineId: string;

  @Column('text', { name: 'plan_digest' })
  planDigest: string;

  @Column('text', { name: 'policy_version' })
  policyVersion: string;

  @Column('text')
  person: string;

  @Column('text')
  role: string;

  @Column('text')
  reason: string;

  @Column('timestamptz')
  at: Date;

  @Column('timestamptz', { name: 'spent_at', nullable: true })
  spentAt: Date | null;
}
