import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What other services said last of a device or sensor, as far as the weighing needs it. */
@Entity('contexts')
export class ContextEntity {
  @PrimaryColumn('text')
  kind: string;

  /** The device's or the sensor's id. */
  @PrimaryColumn('text')
  key: string;

  /** JSON text; its shape follows from the kind. */
  @Column('text')
  body: string;

  @Column('timestamptz', { name: 'changed_at', default: () => 'now()' })
  changedAt: Date;
}
