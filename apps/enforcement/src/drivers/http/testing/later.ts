/** What a stand-in does some time after it has answered. */
export class Later {
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(private readonly afterMs = 20) {}

  do(what: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      what();
    }, this.afterMs);
    this.timers.add(timer);
  }

  stop(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
  }
}
