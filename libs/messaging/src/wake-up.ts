/** A bell that is not missed: one who waits after it rang goes on at once, until it is reset. */
export class WakeUp {
  private hasRung = false;
  private waiter: (() => void) | undefined;

  ring(): void {
    this.hasRung = true;
    this.waiter?.();
  }

  /** To be called before looking whether there is work: what rings from here on is about later work. */
  reset(): void {
    this.hasRung = false;
  }

  /** Until the bell rings, at most `ms`. For one who waits at a time. */
  wait(ms: number): Promise<void> {
    if (this.hasRung) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.waiter?.(), ms);
      this.waiter = () => {
        clearTimeout(timer);
        this.waiter = undefined;
        resolve();
      };
    });
  }
}
