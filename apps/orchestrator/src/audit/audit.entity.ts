import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An entry of the audit: only ever added. `hash` is SHA-256 over the hash before and the body. */
@Entity('audit')
export class AuditEntity {
  @PrimaryColumn('bigint')
  seq: string;

  @Column('timestamptz')
  at: Date;

  @Column('text')
  actor: string;

  @Column('text')
  action: string;

  @Column('text')
  subject: string;

  @Column('text')
  body: string;

  @Column('text')
  prev: string;

  @Column('text')
  hash: string;
}

/** The last entry of the audit, so that a missing end is seen. */
@Check('audit_head_one_row', 'id = 1')
@Entity('audit_head')
export class AuditHeadEntity {
  @PrimaryColumn('smallint')
  id: number;

  @Column('bigint')
  seq: string;

  @Column('text')
  hash: string;
}

/** An event of a quarantine as it was published (`body`), in the order of commit; `seq` is that of its audit entry. */
@Index('quarantine_events_quarantine', ['quarantineId', 'seq'])
@Entity('quarantine_events')
export class QuarantineEventEntity {
  @PrimaryColumn('bigint')
  seq: string;

  @Column('text', { name: 'quarantine_id' })
  quarantineId: string;

  @Column('text')
  type: string;

  @Column('timestamptz')
  at: Date;

  @Column('text')
  body: string;
}
