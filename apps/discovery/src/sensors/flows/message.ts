import type { ExporterOptions } from './exporter-options.js';
import type { PlacedRecord } from './flow-record.js';
import { exporterFactsOf, flowRecordOf, readRecord, type ExportClock } from './record.js';
import { REFUSALS, type Refusal } from './refusal.js';
import type { TemplateStore } from './template-store.js';
import type { ParsedTemplate } from './template.js';

/** Larger than any exporter's datagram on a link of jumbo frames; what is longer is refused unread. */
export const MAX_DATAGRAM = 9216;
/** Most data records of one datagram that are looked at. */
export const MAX_RECORDS = 2048;

/** A data set whose template has not come yet: the octets between its header and its end. */
export interface UnknownSet {
  templateId: number;
  from: number;
  end: number;
}

/** A datagram that was read: its flows in order, and what it says for counting what was lost before it. */
export interface ExportMessage {
  version: 5 | 9 | 10;
  clock: ExportClock;
  sequence: number;
  domain: number;
  flows: PlacedRecord[];
  /** Data records of either kind; null if a set could not be read, so that nobody knows. */
  dataRecords: number | null;
  unknown: UnknownSet[];
  refusals: Refusal[];
  /** A template came, or went. */
  templates: boolean;
}

export type MessageResult = { ok: true; message: ExportMessage } | { ok: false; reason: Refusal };

/** What has been learned from earlier datagrams. `exporter`: under which name its templates and options are kept. */
export interface ExportState {
  exporter: string;
  templates: TemplateStore;
  options: ExporterOptions;
}

export function newMessage(
  version: ExportMessage['version'],
  clock: ExportClock,
  sequence: number,
  domain: number,
): ExportMessage {
  return { version, clock, sequence, domain, flows: [], dataRecords: 0, unknown: [], refusals: [], templates: false };
}

/** Notes a template as it is met, so that a set may use one of the same message. Returns false if it is none. */
export function takeTemplate(parsed: ParsedTemplate, message: ExportMessage, state: ExportState): boolean {
  const { exporter, templates } = state;
  switch (parsed.kind) {
    case 'refused':
      message.refusals.push(REFUSALS.badTemplate);
      return false;
    case 'withdrawal':
      templates.withdraw(exporter, message.domain, parsed.id);
      message.templates = true;
      return true;
    case 'template':
      if (templates.put(exporter, message.domain, parsed.template)) message.templates = true;
      else message.refusals.push(REFUSALS.tooManyTemplates);
      return true;
  }
}

/** Reads the records of a data set; one without its template is named in `unknown` and left as it is. */
export function readDataSet(
  view: DataView,
  set: UnknownSet,
  message: ExportMessage,
  { exporter, templates, options }: ExportState,
): void {
  const template = templates.get(exporter, message.domain, set.templateId);
  if (!template) {
    if (set.from === set.end) return;
    message.unknown.push(set);
    message.dataRecords = null;
    return;
  }
  const known = options.of(exporter, message.domain);
  let at = set.from;
  let seen = message.dataRecords ?? message.flows.length;
  while (at + template.minimumLength <= set.end) {
    if (seen >= MAX_RECORDS) return refuse(message, REFUSALS.tooManyRecords);
    const read = readRecord(view, at, set.end, template);
    if (!read) return refuse(message, REFUSALS.truncatedRecord);
    seen += 1;
    if (message.dataRecords !== null) message.dataRecords += 1;
    if (template.scopeFields > 0) options.note(exporter, message.domain, exporterFactsOf(read.draft));
    else message.flows.push({ index: at, flow: flowRecordOf(read.draft, message.clock, known) });
    at = read.next;
  }
}

export function refuse(message: ExportMessage, reason: Refusal): void {
  message.refusals.push(reason);
  message.dataRecords = null;
}
