import type { DataSource } from 'typeorm';
import { DriverError, type PointHint } from '#driver';
import type { Logger } from '#observability';
import { GuardedDriver } from '../bulkhead/guarded.driver.js';
import { readLastDrill } from '../drill/drills.store.js';
import type { TestPort } from '../drill/test-port.js';
import type { Point } from '../read/point.js';
import type { PointDescription } from './description.js';
import { effectiveProfile } from './effective-profile.js';
import { answeredAt, failedAt, isNews, probed, unasked, type Health } from './health.js';
import { pointReport, type Breaker } from './point-report.js';
import { readDrilled } from './profiles.store.js';
import { giveUpReporting, publishReport } from './reports.store.js';

export interface PointReportsOptions {
  dataSource: DataSource;
  points: ReadonlyMap<string, Point>;
  descriptions: ReadonlyMap<string, PointDescription>;
  testPorts: readonly TestPort[];
  holder: string;
  logger: Logger;
}

const REPORT_MS = 30_000;
/** A point that answers is asked this often, give or take a third; one that doesn't, sooner. In ms. */
const PROBE_MS = 240_000;
const PROBE_AGAIN_MS = 20_000;
/** A point that does not answer by then has not answered. In ms. */
const PROBE_TIMEOUT_MS = 60_000;

interface Slot {
  health: Health;
  report: NodeJS.Timeout | undefined;
  probe: NodeJS.Timeout | undefined;
  running: Promise<void> | null;
  /** Something changed while a report was on its way: one more. */
  again: { anyway: boolean } | null;
}

/**
 * Tells what each point can do and whether it answers: at start, when something has changed, and every 30 s. Each point by
 * itself and beside the loop, so that one that is dead delays nobody.
 */
export class PointReports {
  private readonly slots = new Map<string, Slot>();
  private isStopped = false;

  constructor(private readonly options: PointReportsOptions) {}

  /** Takes over what drills have shown before; then reports and probes begin. */
  async start(): Promise<void> {
    await this.takeProfiles();
    for (const pointId of this.options.points.keys()) {
      this.slots.set(pointId, { health: unasked, report: undefined, probe: undefined, running: null, again: null });
      this.tell(pointId);
      this.probeIn(pointId, 0);
    }
  }

  /** A driver's hint: what it says of reachability is news, and a restart is worth a question. */
  hear({ pointId, kind, at }: PointHint): void {
    const slot = this.slots.get(pointId);
    if (!slot) return;
    if (kind === 'unreachable') this.learn(pointId, failedAt(slot.health, 'the connection to the point is lost', at));
    if (kind === 'reachable') this.learn(pointId, answeredAt(slot.health, at));
    if (kind === 'reachable' || kind === 'restarted') this.probeIn(pointId, 0);
  }

  /** Reports a point soon; `anyway`: even if another replica reports it else. Faults of the database are left to the next. */
  tell(pointId: string, anyway = false): void {
    const slot = this.slots.get(pointId);
    if (!slot || this.isStopped) return;
    if (slot.running) {
      slot.again = { anyway: anyway || (slot.again?.anyway ?? false) };
      return;
    }
    clearTimeout(slot.report);
    slot.running = this.publish(pointId, slot, anyway).finally(() => {
      slot.running = null;
      if (this.isStopped) return;
      const { again } = slot;
      slot.again = null;
      slot.report = setTimeout(() => this.tell(pointId, again?.anyway), again ? 0 : REPORT_MS);
    });
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    for (const { report, probe } of this.slots.values()) {
      clearTimeout(report);
      clearTimeout(probe);
    }
    await Promise.all([...this.slots.values()].map(({ running }) => running ?? Promise.resolve()));
    await giveUpReporting(this.options.dataSource, this.options.holder).catch(() => undefined);
  }

  private learn(pointId: string, health: Health): void {
    const slot = this.slots.get(pointId);
    if (!slot) return;
    const news = isNews(slot.health, health);
    slot.health = health;
    if (news) this.tell(pointId);
  }

  private probeIn(pointId: string, ms: number): void {
    const slot = this.slots.get(pointId);
    if (!slot || this.isStopped) return;
    clearTimeout(slot.probe);
    slot.probe = setTimeout(() => void this.probe(pointId, slot), ms);
  }

  private async probe(pointId: string, slot: Slot): Promise<void> {
    const point = this.options.points.get(pointId);
    if (!point) return;
    try {
      const findings = await inTime(point.driver.probe(), PROBE_TIMEOUT_MS);
      this.learn(pointId, probed(slot.health, findings, new Date()));
    } catch (error) {
      const words = error instanceof DriverError ? error.message : 'the probe failed: see the log of enforcement';
      if (!(error instanceof DriverError)) this.options.logger.error({ pointId, err: error }, 'a probe failed');
      this.learn(pointId, { ...failedAt(slot.health, words, new Date()), probedAt: new Date() });
    }
    const again = slot.health.reachable === true ? PROBE_MS : PROBE_AGAIN_MS;
    this.probeIn(pointId, again * (0.67 + Math.random() * 0.66));
  }

  private async publish(pointId: string, slot: Slot, anyway: boolean): Promise<void> {
    const { dataSource, points, descriptions, testPorts, holder, logger } = this.options;
    const [point, description] = [points.get(pointId), descriptions.get(pointId)];
    if (!point || !description) return;
    try {
      const drilled = (await this.takeProfiles()).get(pointId) ?? null;
      const state = {
        facts: point.facts,
        description,
        profile: point.profile,
        drilled,
        testPorts: testPorts.filter((one) => one.point === pointId),
        health: slot.health,
        breaker: this.breakerOf(pointId, slot, point),
        drill: await readLastDrill(dataSource, pointId),
      };
      await publishReport(dataSource, pointReport(state, new Date()), holder, anyway);
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      logger.warn({ pointId, reason }, 'a point could not be reported');
    }
  }

  /** The loop has found it silent: worth a question, so that people read why. */
  private breakerOf(pointId: string, { health }: Slot, { driver }: Point): Breaker {
    if (!(driver instanceof GuardedDriver) || driver.restsUntil === null) return 'closed';
    if (health.reachable !== false) this.probeIn(pointId, 0);
    return 'open';
  }

  /** Points go by what drills have shown, those of other replicas too. */
  private async takeProfiles(): Promise<Awaited<ReturnType<typeof readDrilled>>> {
    const { dataSource, points, descriptions } = this.options;
    const drilled = await readDrilled(dataSource, descriptions);
    for (const [pointId, point] of points) {
      point.profile = effectiveProfile(point.driver.profile, drilled.get(pointId)?.measured ?? null);
    }
    return drilled;
  }
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DriverError('unreachable', `no answer within ${ms / 1000} s`)), ms);
    // A question that hangs must not keep a service alive that was told to end.
    timer.unref();
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
