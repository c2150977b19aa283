import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A conversation that moved frames both ways: so that its first sight is known after a restart. */
@Entity('conversations')
@Index('conversations_last_seen', ['lastSeen'])
export class ConversationEntity {
  /** Device, MAC, peer, ethertype, transport, port and opener. */
  @PrimaryColumn('text')
  key: string;

  @Column('timestamptz', { name: 'first_seen' })
  firstSeen: Date;

  @Column('timestamptz', { name: 'last_seen' })
  lastSeen: Date;
}
