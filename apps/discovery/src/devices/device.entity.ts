import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An asset of the inventory, its device, and what people declared of it last, as JSON. */
@Entity('assets')
@Index('assets_device', ['deviceId'], { unique: true })
export class AssetEntity {
  @PrimaryColumn('text')
  site: string;

  @PrimaryColumn('text')
  realm: string;

  @PrimaryColumn('text')
  asset: string;

  @Column('text', { name: 'device_id' })
  deviceId: string;

  @Column('text')
  declared: string;

  @Column('timestamptz', { name: 'declared_at' })
  declaredAt: Date;
}

/** A device. `published` is the digest of what was published of it last; `revision` counts publications. */
@Entity('devices')
export class DeviceEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @Column('text')
  site: string;

  @Column('text')
  realm: string;

  @Column('text', { nullable: true })
  asset: string | null;

  @Column('text', { name: 'occupies_point', nullable: true })
  occupiesPoint: string | null;

  @Column('text', { name: 'occupies_port', nullable: true })
  occupiesPort: string | null;

  @Column('text')
  description: string;

  @Column('bigint', { default: 0 })
  revision: string;

  @Column('text', { nullable: true })
  published: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}

@Entity('interfaces')
@Index('interfaces_device', ['deviceId'])
export class InterfaceEntity {
  @PrimaryColumn('text')
  site: string;

  @PrimaryColumn('text')
  realm: string;

  @PrimaryColumn('macaddr')
  mac: string;

  @Column('text', { name: 'device_id' })
  deviceId: string;

  @Column('text')
  addressing: string;
}

/** Addresses of interfaces over time; the open range is the one now. */
@Entity('addresses')
@Index('addresses_now', ['site', 'realm', 'mac'], { unique: true, where: 'upper_inf(during)' })
export class AddressEntity {
  @PrimaryColumn('bigint', { generated: 'identity', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text')
  site: string;

  @Column('text')
  realm: string;

  @Column('macaddr')
  mac: string;

  @Column('inet')
  address: string;

  @Column('tstzrange')
  during: string;

  @Column('text', { name: 'told_by' })
  toldBy: string;
}
