import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What enforcement has seen of a device's isolation; what was published last has its `revision`. */
@Entity('isolations')
export class IsolationEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @Column('text', { name: 'quarantine_id', nullable: true })
  quarantineId: string | null;

  @Column('bigint')
  epoch: string;

  @Column('bigint')
  generation: string;

  @Column('bigint')
  revision: string;

  @Column('text', { nullable: true })
  mode: string | null;

  @Column('text', { name: 'plan_digest', nullable: true })
  planDigest: string | null;

  @Column('text', { name: 'applied_digest', nullable: true })
  appliedDigest: string | null;

  @Column('text')
  truth: string;

  @Column('text', { nullable: true })
  refusal: string | null;

  /** JSON, as it is published. */
  @Column('text')
  conditions: string;

  @Column('timestamptz', { name: 'first_applied_at', nullable: true })
  firstAppliedAt: Date | null;

  @Column('text', { name: 'lifted_for', nullable: true })
  liftedFor: string | null;

  /** Ports that interfaces have left and that are ours to put back, JSON. */
  @Column('text', { name: 'left_behind', default: '[]' })
  leftBehind: string;
}

/** What enforcement has seen of one interface; the times say how far its isolation has come. */
@Entity('interface_states')
export class InterfaceStateEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @PrimaryColumn('macaddr')
  mac: string;

  @Column('text', { name: 'point_id', nullable: true })
  pointId: string | null;

  /** The isolation being made true, JSON. */
  @Column('text', { nullable: true })
  isolation: string | null;

  /** The session that was told last to take what is assigned, and when, JSON. */
  @Column('text', { nullable: true })
  renewed: string | null;

  @Column('integer', { nullable: true })
  vlan: number | null;

  @Column('text')
  truth: string;

  @Column('text', { name: 'boot_id', nullable: true })
  bootId: string | null;

  @Column('timestamptz', { name: 'permits_in_at', nullable: true })
  permitsInAt: Date | null;

  @Column('timestamptz', { name: 'moved_at', nullable: true })
  movedAt: Date | null;

  @Column('timestamptz', { name: 'acknowledged_at', nullable: true })
  acknowledgedAt: Date | null;

  @Column('timestamptz', { name: 'read_back_at', nullable: true })
  readBackAt: Date | null;

  @Column('timestamptz', { name: 'contained_at', nullable: true })
  containedAt: Date | null;

  @Column('text', { name: 'contained_by', nullable: true })
  containedBy: string | null;

  @Column('integer', { name: 'denied_frames' })
  deniedFrames: number;

  @Column('text', { nullable: true })
  clinical: string | null;

  @Column('timestamptz', { name: 'clinical_at', nullable: true })
  clinicalAt: Date | null;

  @Column('text', { name: 'clinical_by', nullable: true })
  clinicalBy: string | null;
}
