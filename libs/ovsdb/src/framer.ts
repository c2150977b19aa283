const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const WHITESPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Largest message that is taken: a dump of a big switch is under 2 MiB. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** The stream is not JSON-RPC, or a message is larger than we keep. The connection can't be used any further. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
}

/**
 * Cuts a byte stream into JSON objects. OVSDB sends them with no separator (RFC 7047 section 4), so the end of one is
 * found by counting braces outside strings. All bytes that matter are ASCII, and no byte of a longer UTF-8 character
 * is, so a character that is split between two chunks does no harm.
 */
export class JsonFramer {
  private parts: Buffer[] = [];
  private kept = 0;
  private depth = 0;
  private inString = false;
  private escaped = false;

  constructor(private readonly maxBytes = MAX_MESSAGE_BYTES) {}

  /** Texts of the objects that this chunk completes. Throws a FramingError. */
  push(chunk: Buffer): string[] {
    const texts: string[] = [];
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (this.depth === 0) {
        if (byte === OPEN) start = i;
        else if (WHITESPACE.has(byte)) continue;
        else throw new FramingError('expected an object');
      }
      if (!this.ends(byte)) continue;
      this.keep(chunk.subarray(start, i + 1));
      texts.push(Buffer.concat(this.parts).toString('utf8'));
      this.parts = [];
      this.kept = 0;
    }
    if (this.depth > 0) this.keep(chunk.subarray(start));
    return texts;
  }

  private keep(part: Buffer): void {
    this.kept += part.length;
    if (this.kept > this.maxBytes) throw new FramingError(`message of more than ${this.maxBytes} bytes`);
    this.parts.push(part);
  }

  private ends(byte: number): boolean {
    if (this.escaped) this.escaped = false;
    else if (this.inString) {
      if (byte === BACKSLASH) this.escaped = true;
      else if (byte === QUOTE) this.inString = false;
    } else if (byte === QUOTE) this.inString = true;
    else if (byte === OPEN) this.depth += 1;
    else if (byte === CLOSE) {
      this.depth -= 1;
      return this.depth === 0;
    }
    return false;
  }
}
