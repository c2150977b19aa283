import canonicalize from 'canonicalize';

/**
 * RFC 8785 JSON: one text for one value, so that it can be hashed and compared. What is hashed is kept as text, as
 * jsonb would reorder it.
 */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('the value has no JSON');
  return text;
}

export function sameJson(a: unknown, b: unknown): boolean {
  return canonicalText(a) === canonicalText(b);
}
