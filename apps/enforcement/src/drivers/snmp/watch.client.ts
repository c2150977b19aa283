import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#observability';
import { DriverError, type PointHint } from '#driver';
import type { SnmpPoint } from './config.js';
import { TrapClient } from './trap.client.js';

export interface WatchTarget {
  point: SnmpPoint;
  bootId(): Promise<string>;
  /** Equal texts: nothing has changed that a reading tells of. */
  fingerprint(): Promise<string>;
  listener(kind: PointHint['kind']): void;
  logger: Pick<Logger, 'warn'> | undefined;
}

/** Polls a switch, and polls at once when a trap or inform says that something has happened there. */
export class Watch {
  private readonly stopped = new AbortController();
  private wake = new AbortController();
  private reachable: boolean | null = null;
  private last: { boot: string; ports: string } | null = null;

  private constructor(
    private readonly target: WatchTarget,
    private traps: TrapClient | null,
  ) {}

  static async start(target: WatchTarget): Promise<{ stop(): Promise<void> }> {
    const { notifications, connection } = target.point;
    const watch = new Watch(target, null);
    if (notifications) {
      // What has happened is known at once; what it means is read.
      const received = (): void => watch.wake.abort();
      watch.traps = await TrapClient.listen(notifications, connection.host, received, target.logger);
    }
    const ended = watch.run();
    return {
      stop: async () => {
        watch.stopped.abort();
        watch.wake.abort();
        await watch.traps?.close();
        await ended;
      },
    };
  }

  private async run(): Promise<void> {
    let told = true;
    while (!this.stopped.signal.aborted) {
      this.wake = new AbortController();
      await this.look(told).catch((error: unknown) => this.away(error));
      told = await sleep(this.target.point.pollSeconds * 1000, false, { signal: this.wake.signal }).catch(() => true);
    }
  }

  /** `told`: a notification came, so that a read is due even if the ports look the same, as after a MAC came or went. */
  private async look(told: boolean): Promise<void> {
    const boot = await this.target.bootId();
    const ports = await this.target.fingerprint();
    if (this.stopped.signal.aborted) return;
    const { last } = this;
    if (this.reachable === false) this.target.listener('reachable');
    if (last !== null && last.boot !== boot) this.target.listener('restarted');
    if (told || last?.ports !== ports || this.reachable === false) this.target.listener('changed');
    this.reachable = true;
    this.last = { boot, ports };
  }

  private away(error: unknown): void {
    if (this.stopped.signal.aborted) return;
    if (!(error instanceof DriverError)) throw error;
    if (this.reachable !== false) {
      this.target.logger?.warn({ pointId: this.target.point.id, code: error.code }, 'point can not be followed');
      this.target.listener('unreachable');
    }
    this.reachable = false;
  }
}
