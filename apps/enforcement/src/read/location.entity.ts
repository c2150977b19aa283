import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A device as discovery published it last; `body` is the event's data. */
@Entity('locations')
export class LocationEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @Column('bigint')
  revision: string;

  @Column('text')
  body: string;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt: Date;
}

/** Where each interface is, to find who is behind an address or a port. */
@Entity('location_interfaces')
@Index('location_interfaces_address', ['address'])
@Index('location_interfaces_port', ['pointId', 'port'])
export class LocationInterfaceEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @PrimaryColumn('macaddr')
  mac: string;

  @Column('inet', { nullable: true })
  address: string | null;

  @Column('text', { name: 'point_id', nullable: true })
  pointId: string | null;

  @Column('text', { nullable: true })
  port: string | null;

  @Column('integer', { nullable: true })
  vlan: number | null;
}
