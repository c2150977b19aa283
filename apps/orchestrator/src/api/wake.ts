/** In ms. A notification may be lost: it is a hint, the table is the truth. */
const LOOK_AGAIN_MS = 1000;

/** Wakes one reader at each event, and every second besides, until it is ended. */
export class Wake {
  private readonly controller = new AbortController();
  private hasRung = false;
  private resume: (() => void) | undefined;

  constructor(private readonly forget: () => void) {}

  /** Aborted when the reader has gone or the service stops. */
  get ended(): AbortSignal {
    return this.controller.signal;
  }

  ring(): void {
    this.hasRung = true;
    this.resume?.();
  }

  end(): void {
    this.forget();
    this.controller.abort();
    this.ring();
  }

  /** Resolves at the next ring, or at once if it has rung since the last call. */
  async next(): Promise<void> {
    if (!this.hasRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_AGAIN_MS);
        this.resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.resume = undefined;
    this.hasRung = false;
  }
}
