import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A policy that was in force (RFC 8785 JSON), by its version. */
@Entity('policies')
export class PolicyEntity {
  @PrimaryColumn('text')
  version: string;

  @Column('text')
  body: string;

  @Column('timestamptz', { name: 'loaded_at' })
  loadedAt: Date;
}
