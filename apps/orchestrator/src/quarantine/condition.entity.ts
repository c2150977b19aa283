import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A condition of a quarantine now, by the observer who says so. */
@Entity('conditions')
export class ConditionEntity {
  @PrimaryColumn('text', { name: 'quarantine_id' })
  quarantineId: string;

  @PrimaryColumn('text')
  condition: string;

  @PrimaryColumn('text')
  observer: string;

  @Column('text')
  reason: string;

  @Column('timestamptz')
  since: Date;
}

/** An interface of the quarantine as enforcement last saw it (`body`). */
@Entity('quarantine_interfaces')
export class QuarantineInterfaceEntity {
  @PrimaryColumn('text', { name: 'quarantine_id' })
  quarantineId: string;

  @PrimaryColumn('macaddr')
  mac: string;

  @Column('text')
  truth: string;

  @Column('text')
  body: string;
}
