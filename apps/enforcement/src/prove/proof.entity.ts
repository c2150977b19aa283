import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What observers have shown of an interface since it was acknowledged (`since`); `facts` is JSON. */
@Entity('proofs')
export class ProofEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @PrimaryColumn('macaddr')
  mac: string;

  @Column('timestamptz')
  since: Date;

  @Column('text')
  facts: string;
}

/** A sensor as it reports itself: what it covers, and up to when it has told everything. */
@Entity('observers')
export class ObserverEntity {
  @PrimaryColumn('text', { name: 'sensor_id' })
  sensorId: string;

  @Column('text')
  kind: string;

  @Column('text', { array: true })
  covers: string[];

  @Column('timestamptz', { name: 'observed_until', nullable: true })
  observedUntil: Date | null;

  /** When `observed_until` last moved, by our clock. */
  @Column('timestamptz', { name: 'moved_at' })
  movedAt: Date;

  @Column('double precision', { name: 'clock_offset_ms' })
  clockOffsetMs: number;
}
