/** A field of a template: which information element, how long, and whose (0: IANA's own). */
export interface FieldSpecifier {
  element: number;
  /** In octets; VARIABLE_LENGTH: the length stands before each value. */
  length: number;
  enterprise: number;
}

export interface Template {
  id: number;
  fields: FieldSpecifier[];
  /** How many leading fields are the scope; 0 for a template of flow records. */
  scopeFields: number;
  /** The least octets that a record takes: a set's remainder that is shorter is padding. */
  minimumLength: number;
}

export const VARIABLE_LENGTH = 0xffff;
/** Templates have ids from 256; lower ids are set ids (RFC 7011 section 3.3.2). */
export const FIRST_TEMPLATE_ID = 256;
export const MAX_FIELDS = 256;

/** What can be wrong with a datagram, a set or a template. Each is counted under its own name. */
export const REFUSALS = {
  huge: 'huge',
  truncated: 'truncated',
  wrongVersion: 'wrong-version',
  undeclaredExporter: 'undeclared-exporter',
  badSet: 'bad-set',
  badTemplate: 'bad-template',
  tooManyTemplates: 'too-many-templates',
  unknownTemplate: 'unknown-template',
  truncatedRecord: 'truncated-record',
  tooManyRecords: 'too-many-records',
  badRecord: 'bad-record',
} as const;
export type Refusal = (typeof REFUSALS)[keyof typeof REFUSALS];

export type ParsedTemplate =
  | { kind: 'template'; template: Template; next: number }
  | { kind: 'withdrawal'; id: number; next: number }
  | { kind: 'refused' };

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
  if (!parsed) return { kind: 'refused' };
  const minimumLength = parsed.fields.reduce((sum, f) => sum + (f.length === VARIABLE_LENGTH ? 1 : f.length), 0);
  // A record of no octets would make a set hold endlessly many.
  if (minimumLength === 0) return { kind: 'refused' };
  return { kind: 'template', template: { id, fields: parsed.fields, scopeFields, minimumLength }, next: parsed.next };
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
