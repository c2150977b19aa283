import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * Records to be sent, written in the transaction that decided them. A row is there until the broker has acknowledged
 * it: ids commit out of order, so what counts is that a row is there, never that its id is higher than another's.
 */
@Entity('outbox')
export class OutboxEntity {
  @PrimaryColumn('bigint', { generated: 'identity', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text')
  topic: string;

  @Column('text')
  key: string;

  @Column('bytea')
  value: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** Why the broker will never take it; such a row waits for a person and holds up no other. */
  @Column('text', { nullable: true })
  refused: string | null;
}
