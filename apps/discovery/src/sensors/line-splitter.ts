/** A longer line than any sensor writes: it is left out and counted, and reading goes on behind its end. */
export const MAX_LINE = 8192;

export interface FoundLine {
  text: string;
  /** Octet of the file at which the line begins. */
  offset: number;
}

/**
 * Cuts a growing file into lines. A half line waits for its rest; an endless one takes no memory. Octets that are not
 * ASCII come out one character each, and are for the line's parser to refuse.
 */
export class LineSplitter {
  private rest = Buffer.alloc(0);
  private skipping = false;
  tooLong = 0;

  /** `offset`: octet of the file at which what is pushed next begins. */
  constructor(
    private offset: number,
    private readonly maxLine = MAX_LINE,
  ) {}

  /** Octet of the file up to which every line has been given out. */
  get position(): number {
    return this.offset;
  }

  push(chunk: Uint8Array): FoundLine[] {
    const bytes = this.rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.rest, chunk]);
    const lines: FoundLine[] = [];
    let from = 0;
    for (let end = bytes.indexOf(0x0a, from); end >= 0; end = bytes.indexOf(0x0a, from)) {
      this.give(bytes.subarray(from, end), lines);
      this.offset += end + 1 - from;
      from = end + 1;
    }
    this.rest = Buffer.from(bytes.subarray(from));
    if (this.rest.length > this.maxLine) this.dropRest();
    return lines;
  }

  private give(line: Buffer, lines: FoundLine[]): void {
    if (this.skipping || line.length > this.maxLine) {
      if (!this.skipping) this.tooLong += 1;
      this.skipping = false;
      return;
    }
    if (line.length > 0) lines.push({ text: line.toString('latin1').replace(/\r$/, ''), offset: this.offset });
  }

  private dropRest(): void {
    if (!this.skipping) this.tooLong += 1;
    this.skipping = true;
    this.offset += this.rest.length;
    this.rest = Buffer.alloc(0);
  }
}
