import type { Logger } from '#observability';
import type { UndoSheet } from '../apply/undo-sheet.js';
import type { Interlocks } from '../check/refusal.js';
import type { PointDescription } from '../points/description.js';
import { AgentProber } from './agent-prober.client.js';
import { refused, type DrillRequest, type Outcome } from './drill.js';
import type { Claimed, DrillsStore } from './drills.store.js';
import { harmless } from './harmless.js';
import { TcpProber } from './tcp-prober.client.js';
import { choose, type TestPort } from './test-port.js';
import { runTrial } from './trial.js';
import { trialPoints, type Trial } from './trial-plan.js';
import { release, type Writing } from './writing.js';

export interface DrillsOptions extends Writing {
  store: DrillsStore;
  descriptions: ReadonlyMap<string, PointDescription>;
  testPorts: readonly TestPort[];
  interlocks: Interlocks;
  keepUndo: (sheet: UndoSheet) => Promise<void>;
  /** A point's drill has begun, or ended. */
  tell: (pointId: string) => void;
  logger: Logger;
}

/** Looks for drills that a replica has left behind. In ms. */
const LOOK_MS = 3000;
/** A switch that has a device authenticate again takes its time. In ms. */
const PATIENCE_MS = 30_000;
/** One try to release what a replica has left behind; then it is tried again. In ms. */
const RELEASE_MS = 30_000;
/** A drill that stands still for longer than its lease is another's: it is renewed far more often. In ms. */
const RENEW_MS = 2500;
const FINDINGS_AT_MOST = 40;

/** Carries out drills, one after the other, each at most once; and releases what a drill has left that was cut off. */
export class Drills {
  private readonly ending = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | null = null;
  private again = false;
  private isStarted = false;

  constructor(private readonly options: DrillsOptions) {}

  /** Once everything that was wanted has been read: a test device that is isolated in earnest must be known. */
  start(): void {
    this.isStarted = true;
    this.wake();
  }

  /** There may be something to do. */
  wake(): void {
    if (!this.isStarted || this.ending.signal.aborted) return;
    this.again = true;
    this.working ??= this.work().finally(() => (this.working = null));
  }

  /** A drill that is under way goes no further, and releases. */
  async stop(): Promise<void> {
    this.ending.abort();
    clearTimeout(this.timer);
    await this.working;
  }

  private async work(): Promise<void> {
    clearTimeout(this.timer);
    while (this.again && !this.ending.signal.aborted) {
      this.again = false;
      try {
        for (let one = await this.options.store.claim(); one; one = await this.options.store.claim()) {
          await this.held(one);
          if (this.ending.signal.aborted) break;
        }
      } catch (error) {
        this.options.logger.warn({ reason: reasonOf(error) }, 'a drill could not be ended');
      }
    }
    if (!this.ending.signal.aborted) this.timer = setTimeout(() => this.wake(), LOOK_MS);
  }

  /** Keeps the drill ours for as long as it goes on. One that fails is taken up again when its lease is over. */
  private async held(claimed: Claimed): Promise<void> {
    const { store } = this.options;
    const keep = (): void => void store.renew(claimed.request.drillId).catch(() => undefined);
    const timer = setInterval(keep, RENEW_MS);
    await this.carryOut(claimed).finally(() => clearInterval(timer));
  }

  private async carryOut(claimed: Claimed): Promise<void> {
    const { request } = claimed;
    const { logger, store, descriptions, now, tell } = this.options;
    const { drillId, pointId } = request;
    logger.info({ drillId, pointId, abandoned: claimed.isAbandoned }, 'drill begins');
    tell(pointId);
    const outcome = claimed.isAbandoned ? await this.giveBack(claimed) : await this.drill(request);
    const findings = outcome.findings.slice(0, FINDINGS_AT_MOST);
    await store.end(request, { ...outcome, findings }, descriptions.get(pointId), now());
    logger.info({ drillId, pointId, state: outcome.state, measured: outcome.measured }, 'drill ended');
    tell(pointId);
  }

  /** Nobody goes on with a drill that was cut off: only what it wrote is taken away. */
  private async giveBack({ request, written, findings }: Claimed): Promise<Outcome> {
    const cut = { check: 'drill', ok: false, detail: 'enforcement ended in the middle of it' };
    if (!written) return { state: 'failed', findings: [...findings, cut], measured: null };
    const left = await release(request, written, this.options, this.options.now().getTime() + RELEASE_MS);
    if (left !== null) throw new Error(left);
    const gone = { check: 'release', ok: true, detail: 'nothing of the drill is left at the point' };
    return { state: 'failed', findings: [...findings, cut, gone], measured: null };
  }

  private async drill(request: DrillRequest): Promise<Outcome> {
    const { points, testPorts, now } = this.options;
    const point = points.get(request.pointId);
    if (!point) return refused(`enforcement has no point ${request.pointId}`);
    if (now() > new Date(request.expiresAt)) {
      const detail = 'it was not begun in time, so it is not begun any more';
      return { state: 'expired', findings: [{ check: 'drill', ok: false, detail }], measured: null };
    }
    const chosen = choose(request, testPorts);
    if (!chosen.ok) return refused(chosen.reason);
    if (chosen.testPort === null) {
      const policy = points.get(point.facts.policyPoint ?? '');
      return answer(await harmless(policy ? [point, policy] : [point]), null);
    }
    const tried = trialPoints(points, request, chosen.testPort);
    if (typeof tried === 'string') return refused(tried);
    const findings = await harmless(tried.values());
    if (findings.some(({ ok }) => ok === false)) return answer(findings, null);
    return answer(findings, await this.isolateAndMeasure(request, chosen.testPort, tried));
  }

  private async isolateAndMeasure(
    request: DrillRequest,
    testPort: TestPort,
    points: Trial['points'],
  ): Promise<Outcome> {
    const { store, interlocks } = this.options;
    const surroundings = await store.surroundings(testPort);
    const number = await store.number(request.pointId, testPort.mac);
    const { agent } = testPort.probe;
    const prober = agent === null ? new TcpProber() : new AgentProber(agent);
    const tools = { ...this.options, prober, signal: this.ending.signal, patienceMs: PATIENCE_MS };
    try {
      return await runTrial({ request, testPort, points, surroundings, number, interlocks }, tools);
    } finally {
      await prober.close();
    }
  }
}

/** The harmless part and, where it was done, the real one as one answer. */
function answer(findings: Outcome['findings'], trial: Outcome | null): Outcome {
  if (trial) return { ...trial, findings: [...findings, ...trial.findings] };
  const state = findings.some(({ ok }) => ok === false) ? 'failed' : 'passed';
  return { state, findings, measured: null };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
