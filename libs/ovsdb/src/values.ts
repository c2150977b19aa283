/**
 * Values of the database (RFC 7047 section 5.1):
 *
 *     value = atom | ["set", [atom*]] | ["map", [[atom, atom]*]]
 *     atom  = string | number | boolean | ["uuid", text] | ["named-uuid", text]
 *
 * A set of exactly one element may be written as the bare atom, and the server always does.
 */
export type Uuid = readonly ['uuid' | 'named-uuid', string];
export type Atom = string | number | boolean | Uuid;
export type OvsdbSet = readonly ['set', readonly Atom[]];
export type OvsdbMap = readonly ['map', readonly (readonly [Atom, Atom])[]];
export type Value = Atom | OvsdbSet | OvsdbMap;
export type Row = Record<string, Value>;

export function uuid(text: string): Uuid {
  return ['uuid', text];
}

export function set(atoms: readonly Atom[]): OvsdbSet {
  return ['set', atoms];
}

/** Keys in sorted order, so that equal maps have equal texts. */
export function map(entries: Readonly<Record<string, Atom>>): OvsdbMap {
  return ['map', Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1))];
}

/** The elements of a set; a bare atom is a set of one, an absent column an empty one. */
export function atomsOf(value: Value | undefined): readonly Atom[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [value as Atom];
  if (value[0] === 'set') return value[1] as readonly Atom[];
  if (value[0] === 'map') throw new TypeError('a map where a set was expected');
  return [value as unknown as Uuid];
}

/** The element of an optional column, or null. */
export function optionalOf(value: Value | undefined): Atom | null {
  return atomsOf(value)[0] ?? null;
}

export function numberOf(value: Value | undefined): number | null {
  const atom = optionalOf(value);
  return typeof atom === 'number' ? atom : null;
}

export function stringOf(value: Value | undefined): string | null {
  const atom = optionalOf(value);
  return typeof atom === 'string' ? atom : null;
}

export function booleanOf(value: Value | undefined): boolean | null {
  const atom = optionalOf(value);
  return typeof atom === 'boolean' ? atom : null;
}

/** The identifiers in a set of references to rows. */
export function uuidsOf(value: Value | undefined): string[] {
  return atomsOf(value).flatMap((atom) => (Array.isArray(atom) ? [atom[1] as string] : []));
}

/** A map of strings, as `external_ids` and `other_config` are. */
export function stringsOf(value: Value | undefined): Record<string, string> {
  if (value === undefined) return {};
  if (!Array.isArray(value) || value[0] !== 'map') throw new TypeError('expected a map');
  const pairs = value[1] as readonly (readonly [Atom, Atom])[];
  return Object.fromEntries(pairs.map(([key, text]) => [String(key), String(text)]));
}
