/**
 * Named counters of one service: what was taken, what was dropped and why. Loss is counted, never silent.
 * A counter's name is `noun.verb` or `noun.verb:reason`, such as `datagram.refused:truncated`.
 */
export class Counters {
  private readonly values = new Map<string, number>();

  add(name: string, count = 1): void {
    this.values.set(name, (this.values.get(name) ?? 0) + count);
  }

  get(name: string): number {
    return this.values.get(name) ?? 0;
  }

  /** Every counter by name, sorted, as plain data. */
  snapshot(): Record<string, number> {
    return Object.fromEntries([...this.values].sort(([a], [b]) => a.localeCompare(b)));
  }
}
