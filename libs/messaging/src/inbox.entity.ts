import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Events that a handler declared `once` has had, by CloudEvent id: a second copy of the event is not handled. */
@Entity('inbox')
export class InboxEntity {
  @PrimaryColumn('text')
  consumer: string;

  @PrimaryColumn('text', { name: 'event_id' })
  eventId: string;

  @Index('inbox_received_at')
  @Column('timestamptz', { name: 'received_at', default: () => 'now()' })
  receivedAt: Date;
}
