import type { Template } from './template.js';

/** Most templates of one (exporter, domain): Open vSwitch sends 88. */
export const MAX_TEMPLATES = 1024;
/** Most observation domains of one exporter. */
export const MAX_DOMAINS = 64;

export interface StoredTemplate {
  exporter: string;
  domain: number;
  template: Template;
}

export type TemplateChange =
  ({ kind: 'put' } & StoredTemplate) | { kind: 'withdrawn'; exporter: string; domain: number; templateId: number };

/**
 * Templates by exporter and observation domain. They must survive a restart of ours: over UDP an exporter repeats
 * them only now and then (Open vSwitch every 600 s), and records without their template are lost until then. So every
 * change is kept until `takeChanges` hands it to whoever stores it.
 */
export class TemplateStore {
  private readonly byStream = new Map<string, Map<number, Template>>();
  private readonly domains = new Map<string, number>();
  private changes = new Map<string, TemplateChange>();

  constructor(stored: readonly StoredTemplate[] = []) {
    for (const { exporter, domain, template } of stored) this.stream(exporter, domain)?.set(template.id, template);
  }

  get(exporter: string, domain: number, id: number): Template | undefined {
    return this.byStream.get(streamKey(exporter, domain))?.get(id);
  }

  /** Returns false if there are too many already. A template that is known unchanged changes nothing. */
  put(exporter: string, domain: number, template: Template): boolean {
    const stream = this.stream(exporter, domain);
    if (!stream) return false;
    const known = stream.get(template.id);
    if (!known && stream.size >= MAX_TEMPLATES) return false;
    if (known && sameTemplate(known, template)) return true;
    stream.set(template.id, template);
    this.changes.set(`${streamKey(exporter, domain)}|${template.id}`, { kind: 'put', exporter, domain, template });
    return true;
  }

  /** RFC 7011 section 8.1: id 2 withdraws every template of the domain, 3 every options template, others one. */
  withdraw(exporter: string, domain: number, id: number): void {
    const stream = this.byStream.get(streamKey(exporter, domain));
    if (!stream) return;
    const gone =
      id === 2 || id === 3 ? [...stream.values()].filter((t) => t.scopeFields > 0 === (id === 3)) : [stream.get(id)];
    for (const template of gone) {
      if (!template) continue;
      stream.delete(template.id);
      const key = `${streamKey(exporter, domain)}|${template.id}`;
      this.changes.set(key, { kind: 'withdrawn', exporter, domain, templateId: template.id });
    }
  }

  takeChanges(): TemplateChange[] {
    const taken = [...this.changes.values()];
    this.changes = new Map();
    return taken;
  }

  /** Changes that could not be stored. Newer ones of the same templates stand. */
  giveBack(changes: readonly TemplateChange[]): void {
    for (const change of changes) {
      const id = change.kind === 'put' ? change.template.id : change.templateId;
      const key = `${streamKey(change.exporter, change.domain)}|${id}`;
      if (!this.changes.has(key)) this.changes.set(key, change);
    }
  }

  private stream(exporter: string, domain: number): Map<number, Template> | undefined {
    const key = streamKey(exporter, domain);
    const known = this.byStream.get(key);
    if (known) return known;
    const count = this.domains.get(exporter) ?? 0;
    if (count >= MAX_DOMAINS) return undefined;
    this.domains.set(exporter, count + 1);
    const made = new Map<number, Template>();
    this.byStream.set(key, made);
    return made;
  }
}

function streamKey(exporter: string, domain: number): string {
  return `${exporter}|${domain}`;
}

function sameTemplate(a: Template, b: Template): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
