import serialize from 'canonicalize';

/** RFC 8785 JSON. */
export function canonical(value: unknown): string {
  const text = serialize(value);
  if (text === undefined) throw new TypeError('nothing to serialise');
  return text;
}

/** Whether two plain values say the same: what went through the database compares with what did not. */
export function isSame(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}
