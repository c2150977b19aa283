import { createHash } from 'node:crypto';

/*
 * A file that shows whether it is whole:
 *
 *     sha256 HEX LF JSON
 *
 * where HEX is the digest of all that follows the first line.
 */

/** `indent`: for a file that people look into. */
export function encodeChecked(value: unknown, indent = 0): string {
  const body = `${JSON.stringify(value, null, indent)}\n`;
  return `sha256 ${digestOf(body)}\n${body}`;
}

/** null: cut off, changed, or never such a file. */
export function decodeChecked(text: string): unknown {
  const end = text.indexOf('\n');
  const body = text.slice(end + 1);
  if (end < 0 || text.slice(0, end) !== `sha256 ${digestOf(body)}`) return null;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}

function digestOf(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}
