const SPELLING =
  /^([0-9a-f]{2})[-:.]?([0-9a-f]{2})[-:.]?([0-9a-f]{2})[-:.]?([0-9a-f]{2})[-:.]?([0-9a-f]{2})[-:.]?([0-9a-f]{2})$/i;

/**
 * A MAC as Calling-Station-Id spells it: `08-00-06-10-00-11`, `08:00:06:10:00:11`, `0800.0610.0011`, `0800-0610-0011`,
 * `080006-100011`, `080006100011`, in either case. In lower case with colons; null: it is none.
 */
export function macOf(text: string): string | null {
  const match = SPELLING.exec(text.trim());
  return match ? match.slice(1).join(':').toLowerCase() : null;
}
