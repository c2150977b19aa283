import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A plan that was shown to people: the RFC 8785 text that its digest was made of. */
@Entity('plans')
export class PlanEntity {
  @PrimaryColumn('text')
  digest: string;

  @Column('text', { name: 'device_id' })
  deviceId: string;

  @Column('text')
  body: string;

  @Column('timestamptz', { name: 'made_at' })
  madeAt: Date;
}
