import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Each piece of evidence, for 90 days. Its id derives from the observation's, so a replay repeats none. */
@Entity('evidence')
@Index('evidence_device', ['deviceId', 'at'])
@Index('evidence_at', ['at'])
export class EvidenceEntity {
  @PrimaryColumn('text', { name: 'evidence_id' })
  evidenceId: string;

  @Column('text', { name: 'device_id' })
  deviceId: string;

  @Column('text', { name: 'observation_id' })
  observationId: string;

  @Column('text', { name: 'sensor_id' })
  sensorId: string;

  @Column('text')
  detector: string;

  @Column('text')
  family: string;

  @Column('text', { name: 'trust_domain' })
  trustDomain: string;

  @Column('text')
  binding: string;

  @Column('boolean')
  authenticated: boolean;

  @Column('double precision')
  decibans: number;

  @Column('integer', { name: 'half_life_seconds' })
  halfLifeSeconds: number;

  @Column('text')
  why: string;

  /** When it happened. */
  @Column('timestamptz')
  at: Date;
}
