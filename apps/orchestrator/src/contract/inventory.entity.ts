import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What people declared about an asset, as it was last published. */
@Entity('inventory')
export class InventoryEntity {
  @PrimaryColumn('text')
  site: string;

  @PrimaryColumn('text')
  asset: string;

  @Column('text')
  body: string;

  @Column('boolean')
  removed: boolean;

  @Column('text', { name: 'import_id' })
  importId: string;

  @Column('text', { name: 'declared_by' })
  declaredBy: string;

  @Column('timestamptz', { name: 'declared_at' })
  declaredAt: Date;
}
