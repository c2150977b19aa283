import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Where interfaces were plugged in; the row without an end is where one is now. */
@Entity('attachments')
@Index('attachments_now', ['site', 'realm', 'mac'], { unique: true, where: '(until IS NULL)' })
export class AttachmentEntity {
  @PrimaryColumn('bigint', { generated: 'identity', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text')
  site: string;

  @Column('text')
  realm: string;

  @Column('macaddr')
  mac: string;

  @Column('text', { name: 'point_id' })
  pointId: string;

  @Column('text')
  port: string;

  @Column('integer', { nullable: true })
  vlan: number | null;

  @Column('timestamptz')
  since: Date;

  @Column('timestamptz', { nullable: true })
  until: Date | null;

  @Column('text', { name: 'told_by' })
  toldBy: string;

  @Column('timestamptz', { name: 'lost_at', nullable: true })
  lostAt: Date | null;

  @Column('bigint', { name: 'link_resets' })
  linkResets: string;

  @Column('text', { name: 'second_port', nullable: true })
  secondPort: string | null;

  @Column('timestamptz', { name: 'second_seen_at', nullable: true })
  secondSeenAt: Date | null;
}
