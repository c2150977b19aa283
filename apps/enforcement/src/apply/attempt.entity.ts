import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A write to a point, logged before its I/O. Rows are kept: they are what was done. */
@Entity('attempts')
@Index('attempts_open', ['deviceId'], { where: `"state" IN ('intent', 'sent')` })
@Index('attempts_point', ['pointId', 'intendedAt'])
export class AttemptEntity {
  @PrimaryColumn('text', { name: 'attempt_id' })
  attemptId: string;

  @Column('text', { name: 'device_id' })
  deviceId: string;

  @Column('text', { name: 'quarantine_id' })
  quarantineId: string;

  @Column('macaddr')
  mac: string;

  @Column('text', { name: 'point_id' })
  pointId: string;

  @Column('bigint')
  epoch: string;

  @Column('bigint')
  generation: string;

  @Column('bigint')
  fence: string;

  @Column('text')
  step: string;

  @Column('text')
  purpose: string;

  /** SHA-256 of the step's RFC 8785 text, hex. */
  @Column('text', { name: 'payload_sha256' })
  payloadSha256: string;

  @Column('text')
  state: string;

  @Column('text', { nullable: true })
  code: string | null;

  @Column('timestamptz', { name: 'intended_at' })
  intendedAt: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;
}

/** Who works on a device, until when by the database's clock. */
@Entity('leases')
export class LeaseEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @Column('text')
  holder: string;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}

/** The last fence given for a point: it only grows, so that a point can refuse a writer that was overtaken. */
@Entity('fences')
export class FenceEntity {
  @PrimaryColumn('text', { name: 'point_id' })
  pointId: string;

  @Column('bigint')
  number: string;
}

/** How to undo an isolation by hand; the same text is in a file. */
@Entity('undo_sheets')
export class UndoSheetEntity {
  @PrimaryColumn('text', { name: 'quarantine_id' })
  quarantineId: string;

  @Column('text', { name: 'device_id' })
  deviceId: string;

  @Column('text')
  body: string;

  @Column('timestamptz', { name: 'written_at' })
  writtenAt: Date;
}

/** Something of ours that was gone although the point had not restarted, and was put back by this attempt. */
@Entity('drifts')
@Index('drifts_device', ['deviceId', 'at'])
export class DriftEntity {
  @PrimaryColumn('text', { name: 'attempt_id' })
  attemptId: string;

  @Column('text', { name: 'device_id' })
  deviceId: string;

  @Column('text')
  what: string;

  @Column('timestamptz')
  at: Date;
}
