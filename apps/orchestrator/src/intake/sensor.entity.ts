import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A sensor as it last reported itself. */
@Entity('sensors')
export class SensorEntity {
  @PrimaryColumn('text', { name: 'sensor_id' })
  sensorId: string;

  @Column('text')
  body: string;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt: Date;
}
