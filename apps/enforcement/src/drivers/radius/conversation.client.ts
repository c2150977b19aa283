import { Exchange, type Outcome, type Question } from './exchange.client.js';

/**
 * Everything that is said to one NAS or proxy. A local port is used until its 256 identifiers are; then comes a new
 * one, so that no identifier is used again within the NAS's window (RFC 5176 section 6.3).
 */
export class Conversation {
  private current: Promise<Exchange> | null = null;
  private readonly open = new Set<Exchange>();

  constructor(
    private readonly host: string,
    private readonly port: number,
    private readonly from: string | null = null,
  ) {}

  /** DriverError: `unreachable`, or `no-answer` as `NoAnswer`. */
  async ask(question: Question): Promise<Outcome> {
    for (;;) {
      this.current ??= this.dial();
      const dialled = this.current;
      const exchange = await dialled;
      // Between this look and the question nobody else can take the last identifier: nothing is awaited.
      if (!exchange.isUsedUp) return exchange.ask(question);
      if (this.current === dialled) this.current = null;
      exchange.retire();
    }
  }

  close(): void {
    for (const exchange of this.open) exchange.abandon();
    this.current = null;
  }

  private async dial(): Promise<Exchange> {
    try {
      const exchange = await Exchange.open(this.host, this.port, this.from);
      this.open.add(exchange);
      exchange.onClosed(() => this.open.delete(exchange));
      return exchange;
    } catch (error) {
      this.current = null;
      throw error;
    }
  }
}
