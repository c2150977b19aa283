import { decodeRecord, type ExportedFlow } from './record.js';
import type { TemplateStore } from './template-store.js';
import { FIRST_TEMPLATE_ID, REFUSALS, parseTemplate, type Refusal } from './template.js';

/** Larger than any exporter's datagram on a link of jumbo frames; what is longer is refused unread. */
export const MAX_DATAGRAM = 9216;
/** Most data records of one datagram that are looked at. */
export const MAX_RECORDS = 2048;
const HEADER = 16;
const SET_HEADER = 4;
const TEMPLATE_SET = 2;
const OPTIONS_TEMPLATE_SET = 3;

export interface DecodedMessage {
  exportTime: number;
  sequence: number;
  domain: number;
  /** Flow records, in order, with their index among the message's data records. */
  flows: { index: number; flow: ExportedFlow }[];
  /** Data records of either kind; null if a set could not be read, so that nobody knows. */
  dataRecords: number | null;
  refusals: Refusal[];
}

export type MessageResult = { ok: true; message: DecodedMessage } | { ok: false; reason: Refusal };

/**
 * An IPFIX message (RFC 7011 section 3.1):
 *
 *     message = version(16)=10 length(16) exportTime(32) sequence(32) domain(32) set*
 *     set     = id(16) length(16) record* padding          (section 3.3; length counts the set's header)
 *
 * Templates go into the store as they are met, so that a set may use a template of the same message. A set that can't
 * be read is counted and left out, the others are still taken; a datagram shorter than its own length is not.
 */
export function decodeMessage(datagram: Uint8Array, exporter: string, templates: TemplateStore): MessageResult {
  if (datagram.byteLength > MAX_DATAGRAM) return { ok: false, reason: REFUSALS.huge };
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  if (view.byteLength < HEADER) return { ok: false, reason: REFUSALS.truncated };
  if (view.getUint16(0) !== 10) return { ok: false, reason: REFUSALS.wrongVersion };
  const length = view.getUint16(2);
  if (length < HEADER || length > view.byteLength) return { ok: false, reason: REFUSALS.truncated };
  const message: DecodedMessage = {
    exportTime: view.getUint32(4),
    sequence: view.getUint32(8),
    domain: view.getUint32(12),
    flows: [],
    dataRecords: 0,
    refusals: [],
  };
  let at = HEADER;
  while (at + SET_HEADER <= length) {
    const setLength = view.getUint16(at + 2);
    const end = at + setLength;
    if (setLength < SET_HEADER || end > length) {
      refuse(message, REFUSALS.badSet);
      break;
    }
    readSet(view, at, end, exporter, templates, message);
    at = end;
  }
  return { ok: true, message };
}

function readSet(
  view: DataView,
  at: number,
  end: number,
  exporter: string,
  templates: TemplateStore,
  message: DecodedMessage,
): void {
  const id = view.getUint16(at);
  if (id === TEMPLATE_SET || id === OPTIONS_TEMPLATE_SET) {
    return readTemplates(view, at + SET_HEADER, end, id === OPTIONS_TEMPLATE_SET, exporter, templates, message);
  }
  if (id < FIRST_TEMPLATE_ID) return refuse(message, REFUSALS.badSet);
  readData(view, at + SET_HEADER, end, id, exporter, templates, message);
}

function readTemplates(
  view: DataView,
  from: number,
  end: number,
  options: boolean,
  exporter: string,
  templates: TemplateStore,
  message: DecodedMessage,
): void {
  let at = from;
  // Fewer than four octets can't be a template: they are padding (RFC 7011 section 3.3.1).
  while (at + 4 <= end) {
    // Padding of four octets or more is zero, and no template has the id 0.
    if (view.getUint16(at) === 0) return;
    const parsed = parseTemplate(view, at, end, options);
    switch (parsed.kind) {
      case 'refused':
        message.refusals.push(REFUSALS.badTemplate);
        return;
      case 'withdrawal':
        templates.withdraw(exporter, message.domain, parsed.id);
        break;
      case 'template':
        if (!templates.put(exporter, message.domain, parsed.template)) message.refusals.push(REFUSALS.tooManyTemplates);
    }
    at = parsed.next;
  }
}

function readData(
  view: DataView,
  from: number,
  end: number,
  id: number,
  exporter: string,
  templates: TemplateStore,
  message: DecodedMessage,
): void {
  const template = templates.get(exporter, message.domain, id);
  if (!template) return refuse(message, REFUSALS.unknownTemplate);
  let at = from;
  while (at + template.minimumLength <= end) {
    if ((message.dataRecords ?? 0) >= MAX_RECORDS) return refuse(message, REFUSALS.tooManyRecords);
    const decoded = decodeRecord(view, at, end, template, message.exportTime);
    if (!decoded) return refuse(message, REFUSALS.truncatedRecord);
    const index = message.dataRecords ?? message.flows.length;
    if (message.dataRecords !== null) message.dataRecords += 1;
    if (decoded.flow) message.flows.push({ index, flow: decoded.flow });
    else if (template.scopeFields === 0) message.refusals.push(REFUSALS.badRecord);
    at = decoded.next;
  }
}

function refuse(message: DecodedMessage, reason: Refusal): void {
  message.refusals.push(reason);
  message.dataRecords = null;
}
