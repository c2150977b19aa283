import type { EntityManager } from 'typeorm';
import type { StoredTemplate, TemplateChange } from './template-store.js';
import type { Template } from './template.js';

/** Templates of the exporters named, as they were last heard. */
export async function loadTemplates(manager: EntityManager, exporters: readonly string[]): Promise<StoredTemplate[]> {
  const rows: { exporter: string; domain: string; template: string }[] = await manager.query(
    'SELECT exporter, domain, template FROM ipfix_templates WHERE exporter = ANY($1)',
    [exporters],
  );
  return rows.map(({ exporter, domain, template }) => ({
    exporter,
    domain: Number(domain),
    template: JSON.parse(template) as Template,
  }));
}

export async function saveTemplates(
  manager: EntityManager,
  changes: readonly TemplateChange[],
  now: Date,
): Promise<void> {
  const puts = changes.filter((change) => change.kind === 'put');
  const gone = changes.filter((change) => change.kind === 'withdrawn');
  if (puts.length > 0) {
    await manager.query(
      `INSERT INTO ipfix_templates (exporter, domain, template_id, template, heard_at)
       SELECT *, $5::timestamptz FROM unnest($1::text[], $2::bigint[], $3::int[], $4::text[])
       ON CONFLICT (exporter, domain, template_id) DO UPDATE SET template = excluded.template, heard_at = excluded.heard_at`,
      [
        puts.map(({ exporter }) => exporter),
        puts.map(({ domain }) => domain),
        puts.map(({ template }) => template.id),
        puts.map(({ template }) => JSON.stringify(template)),
        now,
      ],
    );
  }
  for (const { exporter, domain, templateId } of gone) {
    await manager.query('DELETE FROM ipfix_templates WHERE exporter = $1 AND domain = $2 AND template_id = $3', [
      exporter,
      domain,
      templateId,
    ]);
  }
}
