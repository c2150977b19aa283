import {
  FIRST_TEMPLATE_ID,
  MAX_FIELDS,
  templateOf,
  type FieldSpecifier,
  type ParsedTemplate,
} from '../flows/template.js';

/**
 * One record of a template set or options template set (RFC 7011 section 3.4):
 *
 *     template         = id(16) fieldCount(16) field*
 *     options template = id(16) fieldCount(16) scopeFieldCount(16) field*
 *     field            = E(1) element(15) length(16) [enterprise(32) if E]
 *     withdrawal       = id(16) 0(16)                      (section 8.1)
 *
 * `end` is the first octet behind the set.
 */
export function parseTemplate(view: DataView, at: number, end: number, options: boolean): ParsedTemplate {
  if (at + 4 > end) return { kind: 'refused' };
  const id = view.getUint16(at);
  const count = view.getUint16(at + 2);
  if (count === 0) return { kind: 'withdrawal', id, next: at + 4 };
  const header = options ? 6 : 4;
  if (id < FIRST_TEMPLATE_ID || count > MAX_FIELDS || at + header > end) return { kind: 'refused' };
  const scopeFields = options ? view.getUint16(at + 4) : 0;
  if (scopeFields > count || (options && scopeFields === 0)) return { kind: 'refused' };
  const parsed = parseFields(view, at + header, end, count);
  const template = parsed && templateOf(id, parsed.fields, scopeFields);
  return template ? { kind: 'template', template, next: parsed.next } : { kind: 'refused' };
}

function parseFields(
  view: DataView,
  from: number,
  end: number,
  count: number,
): { fields: FieldSpecifier[]; next: number } | undefined {
  const fields: FieldSpecifier[] = [];
  let at = from;
  for (let index = 0; index < count; index += 1) {
    if (at + 4 > end) return undefined;
    const word = view.getUint16(at);
    const length = view.getUint16(at + 2);
    at += 4;
    if ((word & 0x8000) === 0) {
      fields.push({ element: word, length, enterprise: 0 });
      continue;
    }
    if (at + 4 > end) return undefined;
    fields.push({ element: word & 0x7fff, length, enterprise: view.getUint32(at) });
    at += 4;
  }
  return { fields, next: at };
}
