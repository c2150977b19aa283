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
import { isZero } from '../flows/octets.js';
import { REFUSALS } from '../flows/refusal.js';
import { FIRST_TEMPLATE_ID } from '../flows/template.js';
import { parseOptionsTemplate, parseTemplate } from './v9-template.js';

const HEADER = 20;
const SET_HEADER = 4;
const TEMPLATE_SET = 0;
const OPTIONS_TEMPLATE_SET = 1;

/**
 * A NetFlow v9 datagram (RFC 3954 section 5.1):
 *
 *     datagram = version(16)=9 count(16) sysUptime(32) unixSecs(32) sequence(32) sourceId(32) set*
 *     set      = id(16) length(16) record* padding          (section 5.2; length counts the set's header)
 *
 * `count` is not relied on: exporters were seen to count sets, records or both. Some fill the datagram up with zeros.
 */
export function decodeV9(datagram: Uint8Array, state: ExportState): MessageResult {
  if (datagram.byteLength > MAX_DATAGRAM) return { ok: false, reason: REFUSALS.huge };
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  if (view.byteLength < HEADER) return { ok: false, reason: REFUSALS.truncated };
  if (view.getUint16(0) !== 9) return { ok: false, reason: REFUSALS.wrongVersion };
  const clock = { exportAt: view.getUint32(8) * 1000, uptime: view.getUint32(4) };
  const message = newMessage(9, clock, view.getUint32(12), view.getUint32(16));
  let at = HEADER;
  while (at + SET_HEADER <= view.byteLength) {
    const end = at + view.getUint16(at + 2);
    if (end < at + SET_HEADER || end > view.byteLength) {
      if (!isZero(view, at, view.byteLength - at)) refuse(message, REFUSALS.badSet);
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
  while (at + 4 <= end && view.getUint16(at) !== 0) {
    const parsed = options ? parseOptionsTemplate(view, at, end) : parseTemplate(view, at, end);
    if (!takeTemplate(parsed, message, state) || parsed.kind === 'refused') return;
    at = parsed.next;
  }
}
