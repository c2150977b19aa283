/** A field of a template: which information element, how long, and whose (0: IANA's own). */
export interface FieldSpecifier {
  element: number;
  /** In octets; VARIABLE_LENGTH: the length stands before each value. */
  length: number;
  enterprise: number;
}

/** A template of IPFIX or NetFlow v9: both describe their records with the same elements. */
export interface Template {
  id: number;
  fields: FieldSpecifier[];
  /** How many leading fields are the scope; 0 for a template of flow records. */
  scopeFields: number;
  /** The least octets that a record takes: a set's remainder that is shorter is padding. */
  minimumLength: number;
}

export type ParsedTemplate =
  | { kind: 'template'; template: Template; next: number }
  | { kind: 'withdrawal'; id: number; next: number }
  | { kind: 'refused' };

export const VARIABLE_LENGTH = 0xffff;
/** Templates have ids from 256; lower ids are set ids (RFC 7011 section 3.3.2, RFC 3954 section 5.2). */
export const FIRST_TEMPLATE_ID = 256;
export const MAX_FIELDS = 256;

/** Undefined if its records would have no octets: a set would hold endlessly many. */
export function templateOf(id: number, fields: FieldSpecifier[], scopeFields: number): Template | undefined {
  const minimumLength = fields.reduce((sum, f) => sum + (f.length === VARIABLE_LENGTH ? 1 : f.length), 0);
  return minimumLength === 0 ? undefined : { id, fields, scopeFields, minimumLength };
}
