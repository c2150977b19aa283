/**
 * Where reading stood a while ago: up to there, everything that was read has been told, since nothing waits longer for
 * its record. What lies between there and now is read again after a restart; told twice, it has the same id.
 */
export class SettledPosition<P> {
  private marks: { at: number; position: P }[];

  /** `begin`: where reading begins; null while there is nothing to read. */
  constructor(
    begin: P | null,
    private readonly settledMs: number,
  ) {
    this.marks = begin === null ? [] : [{ at: Number.NEGATIVE_INFINITY, position: begin }];
  }

  /** `position`: where reading stands `now`. Returns up to where it is settled; null while nothing is. */
  at(now: number, position: P | null): P | null {
    if (position !== null) this.marks.push({ at: now, position });
    const settled = this.marks.findLast(({ at }) => at <= now - this.settledMs);
    if (settled) this.marks = this.marks.filter(({ at }) => at >= settled.at);
    return settled?.position ?? null;
  }
}
