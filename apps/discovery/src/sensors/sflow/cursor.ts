/**
 * Reads XDR (RFC 4506) from left to right: words of 32 bits, and octets filled up to whole words. What lies behind the
 * end reads as `failed`, never as a value of somebody else's octets.
 */
export class Cursor {
  failed = false;

  constructor(
    readonly view: DataView,
    private at: number,
    private readonly end: number,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  get position(): number {
    return this.at;
  }

  word(): number {
    const at = this.pass(4);
    return at === null ? 0 : this.view.getUint32(at);
  }

  /** Passes over so many octets and what fills them up. Returns where they begin; null: there are fewer. */
  octets(length: number): number | null {
    return this.pass(length + ((4 - (length % 4)) % 4), length);
  }

  /** The next so many octets as a cursor of their own. */
  inner(length: number): Cursor {
    const at = this.octets(length);
    const inner = new Cursor(this.view, at ?? this.end, at === null ? this.end : at + length);
    inner.failed = at === null;
    return inner;
  }

  /** `least`: the filling may be missing at the very end. */
  private pass(length: number, least = length): number | null {
    if (this.failed || least > this.left) {
      this.failed = true;
      return null;
    }
    const { at } = this;
    this.at = Math.min(at + length, this.end);
    return at;
  }
}
