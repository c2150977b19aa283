import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The newest wish for a device, and the newest request for a plan (`kind`: isolation, preview). `body` is the event's data. */
@Entity('wanted')
export class WantedEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @PrimaryColumn('text')
  kind: string;

  @Column('text', { name: 'quarantine_id' })
  quarantineId: string;

  @Column('bigint')
  epoch: string;

  @Column('bigint')
  generation: string;

  @Column('boolean')
  frozen: boolean;

  @Column('text')
  body: string;

  /** When a hold ended last. */
  @Column('timestamptz', { name: 'unfrozen_at', nullable: true })
  unfrozenAt: Date | null;

  /** A preview that has its plan. */
  @Column('boolean', { default: false })
  answered: boolean;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt: Date;
}

/** The number that marks what is ours at a point: one an interface, given once and never again. */
@Entity('device_numbers')
export class DeviceNumberEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @PrimaryColumn('macaddr')
  mac: string;

  @Column('bigint', { unique: true })
  number: string;
}
