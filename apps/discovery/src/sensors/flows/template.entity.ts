import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A template as its exporter sent it; what it means is in `template`, as JSON. */
@Entity('ipfix_templates')
export class TemplateEntity {
  @PrimaryColumn('text')
  exporter: string;

  @PrimaryColumn('bigint')
  domain: string;

  @PrimaryColumn('integer', { name: 'template_id' })
  templateId: number;

  @Column('text')
  template: string;

  @Column('timestamptz', { name: 'heard_at' })
  heardAt: Date;
}
