import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How many isolations a scope has had in an hour, and how many it may have. */
@Entity('limits')
export class LimitEntity {
  @PrimaryColumn('text')
  scope: string;

  @PrimaryColumn('timestamptz', { name: 'window_start' })
  windowStart: Date;

  @Column('integer')
  cap: number;

  @Column('integer')
  used: number;
}
