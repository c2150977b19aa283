import type { PointFinding } from '#events';
import { undoSheet, type UndoSheet } from '../apply/undo-sheet.js';
import type { Applied } from '../plan/planned.js';
import { freshOf, type Shown } from '../plan/shown.js';
import type { Outcome, Written } from './drill.js';
import type { DrillsStore } from './drills.store.js';
import { findingsOf, measured, type Attempts, type Seen } from './measure.js';
import { isAnswer, type Prober } from './probe.js';
import { ATTEMPT_MS, Probing, pause } from './probing.js';
import { REPLY_FLOW, REPLY_PORT, forbidden, look, orderOf, type Look, type Trial } from './trial-plan.js';
import { readAll, release, take, type Writing } from './writing.js';

export interface TrialTools extends Writing {
  store: Writing['store'] & Pick<DrillsStore, 'noteWritten' | 'noteReleasing'>;
  prober: Prober;
  keepUndo(sheet: UndoSheet): Promise<void>;
  /** The service is told to end: the trial goes no further and releases. */
  signal: AbortSignal;
  /** So long the point may take until it reads as isolated, and the test device until it answers again. In ms. */
  patienceMs: number;
}

/** The way to the test device must be steady so soon before the first write. In ms. */
const BASELINE_MS = 5000;
const RELEASE_MS = 60_000;
const LOOK_MS = 100;

/** Isolates the test device as any other, measures what that does to it, and takes it back. */
export async function runTrial(trial: Trial, tools: TrialTools): Promise<Outcome> {
  const no = forbidden(trial);
  if (no) return ended('refused', [{ check: 'test device', ok: false, detail: no }]);
  const before = await controls(trial, tools.prober);
  const silent = unanswered(trial, before);
  if (silent) return ended('failed', [silent]);
  const { address, probe, ports } = trial.testPort;
  const attempt = { from: { address: probe.address, port: 0 }, to: { address, port: ports.permitted } };
  const probing = new Probing(tools.prober, attempt, () => performance.now());
  try {
    const begun = performance.now();
    if (!(await probing.steady(begun, begun + BASELINE_MS))) {
      return ended('failed', [{ check: 'test device', ok: false, detail: 'it does not answer every attempt before' }]);
    }
    return await withProbes(trial, tools, probing, before);
  } finally {
    await probing.stop();
  }
}

async function withProbes(trial: Trial, tools: TrialTools, probing: Probing, before: Controls): Promise<Outcome> {
  const from = performance.now();
  const isolated = await isolate(trial, tools);
  const settled = performance.now();
  const back = isolated.reason === null && (await probing.steady(settled, settled + tools.patienceMs));
  const after = back ? await attempts(trial, tools.prober, before, isolated.kept) : null;
  const to = performance.now();
  const findings: PointFinding[] = isolated.reason === null ? [] : [isolationFailed(isolated.reason)];
  let seen: Seen | null = null;
  if (isolated.planned && isolated.reason === null) {
    const { mode, profile } = isolated.planned;
    const order = orderOf(isolated.seen, profile, mode);
    const samples = probing.samples.filter(({ sentAt }) => sentAt <= to);
    seen = { samples: back ? samples : [], from, to, attempts: after ?? { inbound: null, ipv6: null }, order, mode };
    findings.push(contained(after?.contained ?? null), ...findingsOf(seen));
  }
  if (isolated.written) {
    await tools.store.noteReleasing(trial.request.drillId, findings);
    const left = await release(trial.request, isolated.written, tools, tools.now().getTime() + RELEASE_MS);
    if (left !== null) throw new NotReleased(left);
    findings.push(await answersAgain(probing, tools.patienceMs));
  }
  const passed = seen !== null && back && after?.contained === true && findings.at(-1)?.ok === true;
  return { state: passed ? 'passed' : 'failed', findings, measured: passed && seen ? measured(seen) : null };
}

/** What was written is still there: the drill has not ended. */
export class NotReleased extends Error {
  readonly code = 'not-released';
  readonly retry = 'transient' as const;
}

interface Isolated {
  planned: Look['planned'] | null;
  seen: Shown[];
  /** The flow ids that stay open. */
  kept: readonly string[];
  written: Written | null;
  /** Why it is not isolated; null: it reads as isolated. */
  reason: string | null;
}

/** Step by step, each read back, until the point reads as the plan wants. */
async function isolate(trial: Trial, tools: TrialTools): Promise<Isolated> {
  const deadline = performance.now() + tools.patienceMs;
  const done: Isolated = { planned: null, seen: [], kept: [], written: null, reason: null };
  let applied: Applied | null = null;
  let last = 'the point does not read as isolated';
  while (performance.now() < deadline && !tools.signal.aborted) {
    const readings = await readAll(trial.points.values(), trial.testPort.mac);
    const found = look(trial, readings, applied, tools.now());
    if (typeof found === 'string') {
      if (!applied) return { ...done, reason: found };
      last = found;
      await pause(LOOK_MS);
      continue;
    }
    const { plan, planned, now, step } = found;
    done.planned = planned;
    done.kept = plan.kept.map(({ permit }) => permit.flowId);
    if (applied) done.seen.push(now);
    if (now.permitsIn && now.placed) return done;
    if (!applied && planned.profile.state !== 'port' && now.sessions.length === 0) {
      return { ...done, reason: 'the test device has no live session at the switch' };
    }
    if (!step || !freshOf(readings, step.pointId)) {
      await pause(LOOK_MS);
      continue;
    }
    if (!applied) {
      done.written = await note(trial, tools, found);
      applied = { ...done.written, renewed: null };
    }
    const fault = await take(trial.request, step, { ...tools, points: trial.points });
    if (fault?.retry === 'permanent') return { ...done, reason: fault.message };
    if (fault) last = fault.message;
    else if (step.step.kind === 'renew-session') {
      applied = { ...applied, renewed: { sessionId: step.step.sessionId, at: tools.now() } };
    }
  }
  return { ...done, reason: tools.signal.aborted ? 'enforcement was told to end' : last };
}

/** Before the first write: how to undo it by hand, and what has to be taken away after a crash. */
async function note({ request }: Trial, tools: TrialTools, { plan, planned }: Look): Promise<Written> {
  await tools.keepUndo(undoSheet(plan, `drill of ${request.pointId}`));
  const written = { pointId: planned.pointId, isolation: planned.isolation };
  await tools.store.noteWritten(request.drillId, written);
  return written;
}

/** What answers before anything is written: only that can be missed afterwards. */
interface Controls {
  permitted: boolean;
  other: boolean;
  reply: boolean;
  ipv6: boolean;
}

async function controls({ testPort }: Trial, prober: Prober): Promise<Controls> {
  const { ports } = testPort;
  const [permitted, other, reply, ipv6] = await Promise.all([
    ask(testPort, prober, 0, ports.permitted),
    ask(testPort, prober, 0, ports.other),
    ask(testPort, prober, REPLY_PORT, ports.other),
    ask6(testPort, prober),
  ]);
  return { permitted, other, reply, ipv6 };
}

function unanswered(
  { testPort: { address, ports, probe } }: Trial,
  { permitted, other }: Controls,
): PointFinding | null {
  const port = permitted ? (other ? null : ports.other) : ports.permitted;
  if (port === null) return null;
  const agent = probe.agent ? ` (asked by the agent at ${probe.agent})` : '';
  const detail = `${address} does not answer tcp/${port} from ${probe.address}${agent}: a refusal would do`;
  return { check: 'test device', ok: false, detail };
}

/** While isolated. `contained`: what nobody permitted is not answered, whichever way was cut. */
async function attempts(
  { testPort }: Trial,
  prober: Prober,
  before: Controls,
  kept: readonly string[],
): Promise<Attempts & { contained: boolean }> {
  const twice = async (one: () => Promise<boolean>): Promise<boolean> => (await one()) || (await one());
  const { other } = testPort.ports;
  const [open, reply, ipv6] = await Promise.all([
    twice(() => ask(testPort, prober, 0, other)),
    before.reply && kept.includes(REPLY_FLOW) ? twice(() => ask(testPort, prober, REPLY_PORT, other)) : null,
    before.ipv6 ? twice(() => ask6(testPort, prober)) : null,
  ]);
  return { contained: !open, inbound: reply, ipv6 };
}

async function ask(testPort: Trial['testPort'], prober: Prober, from: number, to: number): Promise<boolean> {
  const { address, probe } = testPort;
  const places = { from: { address: probe.address, port: from }, to: { address, port: to } };
  return isAnswer(await prober.attempt({ ...places, timeoutMs: ATTEMPT_MS }));
}

async function ask6({ address6, probe, ports }: Trial['testPort'], prober: Prober): Promise<boolean> {
  if (!address6 || !probe.address6) return false;
  const places = { from: { address: probe.address6, port: 0 }, to: { address: address6, port: ports.permitted } };
  return isAnswer(await prober.attempt({ ...places, timeoutMs: ATTEMPT_MS }));
}

function contained(holds: boolean | null): PointFinding {
  const check = 'contained';
  if (holds === null) return { check, ok: null, detail: 'not tried: the test device did not answer again' };
  return holds
    ? { check, ok: true, detail: 'what nobody permitted is not answered any more' }
    : { check, ok: false, detail: 'the point reads as isolated, and what nobody permitted is still answered' };
}

async function answersAgain(probing: Probing, patienceMs: number): Promise<PointFinding> {
  const since = performance.now();
  const check = 'release';
  if (await probing.steady(since, since + patienceMs)) {
    return {
      check,
      ok: true,
      detail: 'nothing of the drill is left at the point, and the test device answers as before',
    };
  }
  return { check, ok: false, detail: 'nothing of the drill is left at the point, but the test device does not answer' };
}

function isolationFailed(detail: string): PointFinding {
  return { check: 'isolation', ok: false, detail };
}

function ended(state: Outcome['state'], findings: PointFinding[]): Outcome {
  return { state, findings, measured: null };
}
