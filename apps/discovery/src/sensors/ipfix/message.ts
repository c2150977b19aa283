import {
  MAX_DATAGRAM,
  newMessage,
  readDataSet,
  refuse,
  takeTemplate,
  type ExportMessage,
  type ExportState,
  type MessageResult,
} from '../flows/message.js';
import { REFUSALS } from '../flows/refusal.js';
import { FIRST_TEMPLATE_ID } from '../flows/template.js';
import { parseTemplate } from './template-record.js';

const HEADER = 16;
const SET_HEADER = 4;
const TEMPLATE_SET = 2;
const OPTIONS_TEMPLATE_SET = 3;

/**
 * An IPFIX message (RFC 7011 section 3.1):
 *
 *     message = version(16)=10 length(16) exportTime(32) sequence(32) domain(32) set*
 *     set     = id(16) length(16) record* padding          (section 3.3; length counts the set's header)
 *
 * Templates go into the store as they are met, so that a set may use a template of the same message. A set that can't
 * be read is counted and left out, the others are still taken; a datagram shorter than its own length is not.
 */
export function decodeMessage(datagram: Uint8Array, state: ExportState): MessageResult {
  if (datagram.byteLength > MAX_DATAGRAM) return { ok: false, reason: REFUSALS.huge };
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  if (view.byteLength < HEADER) return { ok: false, reason: REFUSALS.truncated };
  if (view.getUint16(0) !== 10) return { ok: false, reason: REFUSALS.wrongVersion };
  const length = view.getUint16(2);
  if (length < HEADER || length > view.byteLength) return { ok: false, reason: REFUSALS.truncated };
  const clock = { exportAt: view.getUint32(4) * 1000, uptime: null };
  const message = newMessage(10, clock, view.getUint32(8), view.getUint32(12));
  let at = HEADER;
  while (at + SET_HEADER <= length) {
    const setLength = view.getUint16(at + 2);
    const end = at + setLength;
    if (setLength < SET_HEADER || end > length) {
      refuse(message, REFUSALS.badSet);
      break;
    }
    readSet(view, at, end, message, state);
    at = end;
  }
  return { ok: true, message };
}

function readSet(view: DataView, at: number, end: number, message: ExportMessage, state: ExportState): void {
  const templateId = view.getUint16(at);
  const from = at + SET_HEADER;
  if (templateId === TEMPLATE_SET || templateId === OPTIONS_TEMPLATE_SET) {
    return readTemplates(view, from, end, templateId === OPTIONS_TEMPLATE_SET, message, state);
  }
  if (templateId < FIRST_TEMPLATE_ID) return refuse(message, REFUSALS.badSet);
  readDataSet(view, { templateId, from, end }, message, state);
}

function readTemplates(
  view: DataView,
  from: number,
  end: number,
  options: boolean,
  message: ExportMessage,
  state: ExportState,
): void {
  let at = from;
  // Fewer than four octets can't be a template: they are padding (RFC 7011 section 3.3.1).
  while (at + 4 <= end) {
    // Padding of four octets or more is zero, and no template has the id 0.
    if (view.getUint16(at) === 0) return;
    const parsed = parseTemplate(view, at, end, options);
    if (!takeTemplate(parsed, message, state) || parsed.kind === 'refused') return;
    at = parsed.next;
  }
}
