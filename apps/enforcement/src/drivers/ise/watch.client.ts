import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#observability';
import { DriverError, type PointHint } from '#driver';
import type { IsePoint } from './config.js';
import type { ErsClient } from './ers.client.js';
import { PxgridClient, type PxgridState } from './pxgrid.client.js';
import type { SessionCache } from './session-cache.js';
import type { AncStatus, SessionChange } from './wire/pxgrid.js';

/** What a watch works with. `concerns`: whether somebody has read this MAC, so that a change of it is worth a hint. */
export interface WatchTarget {
  point: IsePoint;
  ers: ErsClient;
  cache: SessionCache;
  concerns(mac: string): boolean;
  /** `macs`: whom it concerns; null: it may be anybody. */
  listener(kind: PointHint['kind'], macs: readonly string[] | null): void;
  logger: Pick<Logger, 'warn' | 'info'> | undefined;
}

/**
 * Follows ISE by asking ERS every few seconds which assignments there are, and by pxGrid where it is configured. pxGrid
 * tells at once and of sessions too; what it misses the poll and the next read find.
 */
export class Watch {
  private readonly stopped = new AbortController();
  private readonly polling: Promise<void>;
  private readonly pxgrid: PxgridClient | null;
  private reachable: boolean | null = null;
  private failing = false;
  private known: string | null = null;
  private pending: NodeJS.Immediate | null = null;
  /** Whom the pending hint concerns; null: anybody. */
  private concerned: Set<string> | null = new Set();

  constructor(private readonly target: WatchTarget) {
    this.polling = this.poll();
    this.pxgrid = this.follow();
  }

  get pxgridState(): PxgridState | null {
    return this.pxgrid?.state ?? null;
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    if (this.pending) clearImmediate(this.pending);
    await Promise.all([this.polling, this.pxgrid?.stop()]);
    this.target.cache.forget();
  }

  private async poll(): Promise<void> {
    const { ers, point } = this.target;
    while (!this.stopped.signal.aborted) {
      await ers.fingerprint().then(
        (found) => this.found(found),
        (error: unknown) => this.failed(error),
      );
      await sleep(point.pollSeconds * 1000, undefined, { signal: this.stopped.signal }).catch(() => undefined);
    }
  }

  private found(fingerprint: string): void {
    if (this.stopped.signal.aborted) return;
    const [wasReachable, before] = [this.reachable, this.known];
    this.reachable = true;
    this.failing = false;
    this.known = fingerprint;
    if (wasReachable === false) this.target.listener('reachable', null);
    if (wasReachable === false || (before !== null && before !== fingerprint)) this.changed(null);
  }

  private failed(error: unknown): void {
    if (this.stopped.signal.aborted) return;
    if (!this.failing) {
      this.target.logger?.warn({ pointId: this.target.point.id, err: error }, 'point can not be followed');
    }
    this.failing = true;
    if (this.reachable === false || !(error instanceof DriverError) || error.code !== 'unreachable') return;
    this.reachable = false;
    this.target.listener('unreachable', null);
  }

  private follow(): PxgridClient | null {
    const { point, cache, logger } = this.target;
    if (point.pxgrid === null) return null;
    const listener = {
      // What happened while nothing was connected, nobody tells: whoever is concerned reads.
      connected: () => this.changed(null),
      lost: () => cache.forget(),
      anc: (status: AncStatus) => this.ancTold(status),
      sessions: (changes: SessionChange[]) => {
        const concerned = changes.filter(({ mac }) => this.target.concerns(mac));
        const news = concerned.filter((one) => cache.take(one));
        if (news.length > 0) this.changed(news.map(({ mac }) => mac));
      },
    };
    return new PxgridClient(point, point.pxgrid, listener, logger);
  }

  private ancTold({ mac, status, failureReason, policyName }: AncStatus): void {
    if (status === 'FAILURE') {
      const { point, logger } = this.target;
      logger?.warn({ pointId: point.id, mac, policyName, failureReason }, 'ise could not have the switch follow');
    }
    if (this.target.concerns(mac)) this.changed([mac]);
  }

  /** One hint for all that comes in one go. */
  private changed(macs: readonly string[] | null): void {
    if (macs === null) this.concerned = null;
    for (const mac of macs ?? []) this.concerned?.add(mac);
    this.pending ??= setImmediate(() => {
      const concerned = this.concerned;
      this.pending = null;
      this.concerned = new Set();
      if (!this.stopped.signal.aborted) this.target.listener('changed', concerned && [...concerned]);
    });
  }
}
