import {
  FIRST_TEMPLATE_ID,
  MAX_FIELDS,
  templateOf,
  type FieldSpecifier,
  type ParsedTemplate,
} from '../flows/template.js';

/** Scope field types (RFC 3954 section 6.1) that name what an information element names too. */
const SCOPE_INTERFACE = 2;
const INGRESS_INTERFACE = 10;
/** Any element that nobody reads: the scope's octets are passed over. */
const UNREAD = 0;

/**
 * One record of a template set (RFC 3954 section 5.2):
 *
 *     template = id(16) fieldCount(16) (type(16) length(16))*
 *
 * There are no enterprises; types that vendors chose for themselves are high numbers. A length of 65,535 is not in the
 * RFC, but was seen (H3C) to mean what it does in IPFIX.
 */
export function parseTemplate(view: DataView, at: number, end: number): ParsedTemplate {
  if (at + 4 > end) return { kind: 'refused' };
  const id = view.getUint16(at);
  const count = view.getUint16(at + 2);
  const next = at + 4 + count * 4;
  if (id < FIRST_TEMPLATE_ID || count === 0 || count > MAX_FIELDS || next > end) return { kind: 'refused' };
  const template = templateOf(id, fieldsOf(view, at + 4, next), 0);
  return template ? { kind: 'template', template, next } : { kind: 'refused' };
}

/**
 * One record of an options template set (RFC 3954 section 6.1; both lengths are octets):
 *
 *     options template = id(16) scopeLength(16) optionLength(16) (scopeType(16) length(16))* (type(16) length(16))*
 */
export function parseOptionsTemplate(view: DataView, at: number, end: number): ParsedTemplate {
  if (at + 6 > end) return { kind: 'refused' };
  const id = view.getUint16(at);
  const scopeLength = view.getUint16(at + 2);
  const optionLength = view.getUint16(at + 4);
  const scopeEnd = at + 6 + scopeLength;
  const next = scopeEnd + optionLength;
  const whole = scopeLength % 4 === 0 && optionLength % 4 === 0;
  if (id < FIRST_TEMPLATE_ID || !whole || next > end || scopeLength + optionLength > MAX_FIELDS * 4)
    return { kind: 'refused' };
  const scope = fieldsOf(view, at + 6, scopeEnd).map(({ element, length }) => ({
    element: element === SCOPE_INTERFACE ? INGRESS_INTERFACE : UNREAD,
    length,
    enterprise: 0,
  }));
  // One without a scope was seen (RFC 3954 asks for one): it speaks of the exporter.
  const template = templateOf(id, [...scope, ...fieldsOf(view, scopeEnd, next)], Math.max(1, scope.length));
  return template ? { kind: 'template', template, next } : { kind: 'refused' };
}

function fieldsOf(view: DataView, from: number, end: number): FieldSpecifier[] {
  const fields: FieldSpecifier[] = [];
  for (let at = from; at < end; at += 4) {
    fields.push({ element: view.getUint16(at), length: view.getUint16(at + 2), enterprise: 0 });
  }
  return fields;
}
