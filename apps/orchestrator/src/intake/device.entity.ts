import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A device as discovery last published it (`body`), with what is looked up in columns. */
@Index('devices_site_ward', ['site', 'ward'])
@Entity('devices')
export class DeviceEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @Column('bigint')
  revision: string;

  @Column('text')
  site: string;

  @Column('text')
  realm: string;

  @Column('text', { nullable: true })
  asset: string | null;

  @Column('text')
  name: string;

  @Column('text')
  ward: string;

  @Column('text', { name: 'ae_titles', array: true })
  aeTitles: string[];

  @Column('inet', { array: true })
  addresses: string[];

  @Column('boolean')
  infrastructure: boolean;

  @Column('text')
  body: string;
}
