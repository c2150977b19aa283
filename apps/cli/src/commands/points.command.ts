import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { CommandError, EXIT } from '../exit-codes.js';
import { columns } from '../output.js';
import type { RestClient } from '../rest.client.js';
import type { OpenSession } from '../session.js';
import { listAll, type Listed } from './find.client.js';

interface Finding {
  check: string;
  ok: boolean | null;
  detail: string;
}
interface Point {
  pointId: string;
  kind: string;
  model: string;
  silent: boolean;
  reachable: boolean | null;
  breaker: string;
  confirmed: boolean;
  confirmedBy: string;
  drilledAt: string | null;
  interruption: string;
  gapMs: number | null;
  direction: string;
  covers: string;
  modes: { planMode: string; usable: boolean }[];
  lastFailure: string | null;
  findings: Finding[];
  testPorts: { port: string; mac: string }[];
}
interface Drill {
  drillId: string;
  pointId: string;
  state: string;
  findings: Finding[];
  expiresAt: string;
  endedAt: string | null;
}
interface Ready {
  name: string;
  ward: string;
  exempt: boolean;
  ready: boolean;
  see: Answer;
  isolate: Answer;
  images: Answer;
  domains: Answer;
  missing: string[];
}
interface Answer {
  ok: boolean;
  sentence: string;
}
type Readiness = Listed<Ready> & { points: { pointId: string; ready: boolean; sentence: string; missing: string[] }[] };

const LOOK_MS = 500;
/** A drill isolates, measures, releases and waits for a device to come back: longer, and nobody reports it any more. */
const LONGEST_MS = 240_000;

/** `points`, `drill` and `readiness`: what could be done in earnest, and whether it was ever tried. */
export function addPointCommands(program: Command, open: OpenSession): void {
  program
    .command('points')
    .description('enforcement points: what each can honestly do, and whether it answers')
    .argument('[which]', 'one point, with what was found when it was asked last')
    .action(async (which?: string) => {
      const session = open();
      if (which === undefined) return session.print(await listAll<Point>(session.rest, '/v1/points'), pointTable);
      session.print(await session.rest.call<Point>(`/v1/points/${encodeURIComponent(which)}`), pointText);
    });
  program
    .command('drill')
    .description('ask a point what is harmless; with a test port, isolate its test device, measure, and take it back')
    .argument('<point>', 'the point')
    .requiredOption('--reason <words>', 'why, for the record')
    .option('--port <port>', "a test port that enforcement's own file names")
    .option('--mac <mac>', 'the test device there')
    .option('--mode <mode>', 'the mode to measure: filter, vlan-bridged or vlan-routed')
    .action(async (point: string, wish: { reason: string; port?: string; mac?: string; mode?: string }) => {
      const session = open();
      const path = `/v1/points/${encodeURIComponent(point)}/drills`;
      const { drillId } = await session.rest.call<{ drillId: string }>(path, { method: 'POST', body: wish });
      const drill = await ended(session.rest, drillId);
      session.print(drill, drillText);
      if (drill.state !== 'passed') process.exitCode = EXIT.refused;
    });
  program
    .command('readiness')
    .description('whether each device could be seen, isolated and kept working now, and what is missing')
    .option('--ward <ward>', 'only devices of this ward')
    .option('--site <site>', 'only devices of this site')
    .action(async ({ ward, site }: { ward?: string; site?: string }) => {
      const session = open();
      const filter = Object.entries({ ward, site }).flatMap(([key, value]) =>
        value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`],
      );
      const readiness = await readAll(session.rest, filter);
      session.print(readiness, readinessText);
      if (readiness.items.some((one) => !one.exempt && !one.ready)) process.exitCode = EXIT.refused;
    });
}

async function ended(rest: RestClient, drillId: string): Promise<Drill> {
  for (const until = Date.now() + LONGEST_MS; Date.now() < until;) {
    const drill = await rest.call<Drill>(`/v1/drills/${drillId}`);
    if (drill.endedAt !== null || drill.state === 'expired') return drill;
    await sleep(LOOK_MS);
  }
  throw new CommandError(
    EXIT.refused,
    `The drill ${drillId} has not ended. "lazaret points" shows it; it ends by itself.`,
  );
}

async function readAll(rest: RestClient, filter: string[]): Promise<Readiness> {
  const items: Ready[] = [];
  for (let cursor: string[] = []; ;) {
    const page: Readiness = await rest.call(`/v1/readiness?${['limit=500', ...filter, ...cursor].join('&')}`);
    items.push(...page.items);
    if (page.next === null) return { ...page, items };
    cursor = [`cursor=${encodeURIComponent(page.next)}`];
  }
}

function pointTable({ items }: Listed<Point>): string {
  const rows = items.map((p) => [
    p.pointId,
    p.model,
    answers(p),
    p.confirmed ? `by ${p.confirmedBy}${p.drilledAt ? `, ${p.drilledAt.slice(0, 10)}` : ''}` : 'no',
    usable(p),
    cutOff(p),
    p.direction,
    p.covers,
  ]);
  const head = ['POINT', 'MODEL', 'ANSWERS', 'CONFIRMED', 'MODES', 'CUT OFF', 'DIRECTION', 'COVERS'];
  return columns(head, rows);
}

function pointText(p: Point): string {
  const ports = p.testPorts.map(({ port, mac }) => `lazaret drill ${p.pointId} --port ${port} --mac ${mac} --reason …`);
  return [
    `${p.pointId} (${p.model}): ${answers(p)}`,
    ...(p.lastFailure ? [`! ${p.lastFailure}`] : []),
    p.confirmed ? `confirmed by ${p.confirmedBy} ${p.drilledAt ?? ''}`.trimEnd() : 'never drilled: counts as its worst',
    `modes ${usable(p) || 'none'}; cut off ${cutOff(p)}; filters ${p.direction}, ${p.covers}`,
    ...p.findings.map(line),
    ...ports,
  ].join('\n');
}

function answers({ silent, reachable, breaker }: Point): string {
  if (silent) return 'not reported';
  const said = reachable === null ? 'not asked yet' : reachable ? 'yes' : 'no';
  return breaker === 'closed' ? said : `${said}, breaker ${breaker}`;
}

function usable({ modes }: Point): string {
  return modes.flatMap((mode) => (mode.usable ? [mode.planMode] : [])).join(',');
}

function cutOff({ interruption, gapMs }: Point): string {
  return interruption === 'gap' ? `${gapMs ?? 0} ms` : interruption;
}

function drillText({ pointId, state, findings }: Drill): string {
  return [`drill of ${pointId}: ${state}`, ...findings.map(line)].join('\n');
}

function line({ check, ok, detail }: Finding): string {
  return `${ok === null ? '?' : ok ? 'ok' : '!'}`.padEnd(4) + `${check}: ${detail}`;
}

function readinessText({ points, items }: Readiness): string {
  const asked = items.filter(({ exempt }) => !exempt);
  const ready = asked.filter((one) => one.ready).length;
  const rows = asked.map((d) => [
    d.name,
    d.ward,
    ...[d.see, d.isolate, d.images, d.domains].map(({ ok }) => (ok ? 'yes' : 'no')),
    d.isolate.sentence,
  ]);
  const gaps = [...points, ...asked].flatMap(({ missing }) => missing);
  return [
    `${ready} of ${asked.length} devices could be isolated now with their images flowing`,
    columns(['DEVICE', 'WARD', 'SEEN', 'ISOLATED', 'IMAGES', 'TWO DOMAINS', ''], rows),
    ...points.map(({ sentence }) => sentence),
    ...(gaps.length === 0 ? ['nothing is missing'] : ['missing:', ...[...new Set(gaps)].map((gap) => `- ${gap}`)]),
  ].join('\n');
}
