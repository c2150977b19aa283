import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** One row: the epoch of this database, and the kill switch. */
@Check('settings_one_row', 'id = 1')
@Entity('settings')
export class SettingsEntity {
  @PrimaryColumn('smallint')
  id: number;

  @Column('bigint')
  epoch: string;

  @Column('boolean', { name: 'kill_switch' })
  killSwitch: boolean;

  @Column('text', { name: 'kill_switch_reason' })
  killSwitchReason: string;

  @Column('text', { name: 'kill_switch_by' })
  killSwitchBy: string;

  @Column('timestamptz', { name: 'kill_switch_at', nullable: true })
  killSwitchAt: Date | null;
}
