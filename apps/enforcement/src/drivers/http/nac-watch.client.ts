import type { PointHint } from '#driver';
import type { NacReading, NacSource } from './nac-source.js';

/** More than a hospital has isolated devices; the oldest go first. */
const WATCHED = 2000;

/**
 * Asks a NAC from time to time after the devices that are isolated there. What it tells is a hint: that something is not
 * as it was last read, or that the NAC does not answer.
 */
export class NacWatch {
  private readonly last = new Map<string, string>();
  private readonly listeners = new Set<(hint: PointHint) => void>();
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private reachable = true;

  constructor(
    private readonly pointId: string,
    private readonly pollSeconds: number,
    private readonly source: Pick<NacSource, 'read' | 'ping'>,
  ) {}

  /** What a reading has shown: devices with an assignment of ours are watched from now on. */
  take(mac: string, reading: NacReading): void {
    const isOurs = reading.assignments.some(({ ours }) => ours);
    this.last.delete(mac);
    if (isOurs) this.last.set(mac, JSON.stringify(reading));
    if (this.last.size > WATCHED) this.last.delete(this.last.keys().next().value!);
  }

  async start(listener: (hint: PointHint) => void): Promise<{ stop(): Promise<void> }> {
    this.listeners.add(listener);
    if (!this.timer) this.schedule();
    return {
      stop: async () => {
        this.listeners.delete(listener);
        if (this.listeners.size === 0) await this.stop();
      },
    };
  }

  async stop(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.listeners.clear();
    await this.running;
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.running = this.poll().then(() => {
        if (this.timer) this.schedule();
      });
    }, this.pollSeconds * 1000);
    this.timer.unref();
  }

  private async poll(): Promise<void> {
    try {
      await this.source.ping();
      for (const [mac, before] of [...this.last]) {
        const reading = await this.source.read(mac);
        if (JSON.stringify(reading) === before) continue;
        this.take(mac, reading);
        this.tell('changed');
      }
      if (!this.reachable) this.tell('reachable');
      this.reachable = true;
    } catch {
      if (this.reachable) this.tell('unreachable');
      this.reachable = false;
    }
  }

  private tell(kind: PointHint['kind']): void {
    for (const listener of this.listeners) listener({ pointId: this.pointId, kind, at: new Date() });
  }
}
