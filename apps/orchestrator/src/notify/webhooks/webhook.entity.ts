import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A receiver's place in the quarantine events, and how its deliveries have gone. */
@Entity('webhook_subscriptions')
export class WebhookSubscriptionEntity {
  @PrimaryColumn('text') name: string;
  /** Events up to this `seq` have been looked at. */
  @Column('bigint') place: string;
  @Column('bigint') delivered: string;
  @Column('bigint') failed: string;
  @Column('timestamptz', { name: 'last_success_at', nullable: true }) lastSuccessAt: Date | null;
  @Column('timestamptz', { name: 'last_failure_at', nullable: true }) lastFailureAt: Date | null;
  @Column('text', { name: 'last_failure', nullable: true }) lastFailure: string | null;
}

/** An event that a receiver has not taken yet; it is deleted when it has. The event itself is in `quarantine_events`. */
@Index('webhook_deliveries_due', ['subscription', 'nextAttemptAt'], { where: 'gave_up_at IS NULL' })
@Entity('webhook_deliveries')
export class WebhookDeliveryEntity {
  @PrimaryColumn('text') subscription: string;
  @PrimaryColumn('bigint') seq: string;
  @Column('int') attempts: number;
  /** Also how long a claim lasts: whoever sends it moves this on first. */
  @Column('timestamptz', { name: 'next_attempt_at' }) nextAttemptAt: Date;
  @Column('timestamptz', { name: 'gives_up_at' }) givesUpAt: Date;
  @Column('timestamptz', { name: 'gave_up_at', nullable: true }) gaveUpAt: Date | null;
  @Column('text', { nullable: true }) failure: string | null;
}
