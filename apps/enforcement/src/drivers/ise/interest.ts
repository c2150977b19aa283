/** More than a hospital isolates at a time; the ones that were asked for longest ago go first. */
const KEPT = 10_000;

/** The MACs that somebody has read: ISE tells of every session of a hospital, and only these are worth a hint. */
export class Interest {
  private readonly macs = new Set<string>();

  add(macs: readonly string[]): void {
    for (const mac of macs) {
      this.macs.delete(mac);
      this.macs.add(mac);
      if (this.macs.size > KEPT) this.macs.delete(this.macs.values().next().value!);
    }
  }

  has(mac: string): boolean {
    return this.macs.has(mac);
  }
}
