import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What moved between a device and a peer on a day. An address, transport or port that is none is empty or -1. */
@Entity('conversations_daily')
export class ConversationDailyEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @PrimaryColumn('date')
  day: string;

  @PrimaryColumn('text', { name: 'peer_address' })
  peerAddress: string;

  @PrimaryColumn('text')
  transport: string;

  @PrimaryColumn('integer')
  port: number;

  @PrimaryColumn('text')
  opener: string;

  @Column('bigint')
  frames: string;

  @Column('bigint')
  octets: string;

  @Column('timestamptz', { name: 'last_seen' })
  lastSeen: Date;
}
