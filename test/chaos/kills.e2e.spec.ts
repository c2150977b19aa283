import { setTimeout as sleep } from 'node:timers/promises';
import { HOSTS, SMALL_STUDY, VLANS, type FlowObserver, type Modality, type PortObserver } from '../ward/index.js';
import { policy } from '../stage/site-files.js';
import { startWorm, untilQuarantine } from '../stage/quarantines.js';
import { openStage, type Stage } from '../stage/stage.js';
import { Notifications } from './notifications.client.js';

const OURS = { cookie: 0x4c5a000000000000n, mask: 0xffff000000000000n } as const;
const PERMIT_PRIORITY = 61_000;
const MRI = HOSTS.mri;
/** The issue's own bound: after the kill, or after what was stopped is back. */
const CONVERGED_MS = 60_000;
const OUTAGE_MS = 60_000;

let stage: Stage;
let rows: Notifications;
let ports: PortObserver;
let flows: FlowObserver;
let modality: Modality;
let mri: string;

beforeAll(async () => {
  stage = await openStage({
    name: 'chaos',
    log: () => undefined,
    policy: {
      ...policy({ alone: true }),
      probation: '1s',
      limits: { site: 100, ward: 100, modality: 100, point: 100 },
    },
    configure: (service, config) =>
      service === 'enforcement' && 'interlocks' in config
        ? { ...config, interlocks: { ...(config.interlocks as object), isolationsAnHour: 100 } }
        : config,
  });
  rows = await Notifications.open(stage.platform.databaseUrl);
  ports = await stage.ward.switch.observePorts();
  flows = await stage.ward.switch.observeFlows();
  modality = await stage.ward.startModality('mri', { shape: SMALL_STUDY });
  mri = await stage.deviceId('mri-1');
}, 180_000);

afterAll(async () => {
  ports?.stop();
  flows?.stop();
  await rows?.close();
  await stage?.close();
});

type Moment = 'decision committed' | 'permits in' | 'port moved' | 'acknowledgement pending';

/** Resolves when that has been seen by a witness: the switch's monitors, or the database's notifications. */
function reached(moment: Moment, since: number): Promise<unknown> {
  switch (moment) {
    case 'decision committed':
      return rows.next(({ table, row }) => table === 'quarantines' && row['decision'] === 'approved');
    case 'permits in':
      return seen(() => flows.changes.some((c) => c.at > since && c.event === 'added' && isOurs(c.cookie)));
    case 'port moved':
      return seen(() => ports.tagChanges(MRI.port).some((c) => c.at > since && c.tag === VLANS.quarantine));
    case 'acknowledgement pending':
      return rows.next(
        ({ table, row }) => table === 'attempts' && row['step'] === 'move-port' && row['state'] === 'sent',
      );
  }
}

function isOurs(cookie: bigint): boolean {
  return (cookie & OURS.mask) === OURS.cookie;
}

async function seen(what: () => boolean): Promise<void> {
  for (const end = Date.now() + CONVERGED_MS; Date.now() < end; await sleep(1)) if (what()) return;
  throw new Error('the moment of the kill did not come');
}

/** The worm works until the MRI is proven; `disturb` runs beside it. Returns when it began. */
async function isolate(disturb: (since: number) => Promise<unknown>, timeoutMs = 2 * CONVERGED_MS): Promise<number> {
  const since = Date.now();
  const disturbed = disturb(since);
  const worm = await startWorm(stage, 'mri');
  await disturbed;
  await untilQuarantine(stage, mri, { decision: 'approved', truth: 'proven' }, { since, timeoutMs });
  await worm.stop();
  return since;
}

async function release(): Promise<void> {
  const since = Date.now();
  const { code, stderr } = await stage.lazaret(
    ['release', 'mri-1', '--reason', 'the test is over'],
    stage.tokens.approver,
  );
  expect(`${code} ${stderr}`).toBe('0 ');
  await untilQuarantine(stage, mri, { decision: 'closed' }, { since, timeoutMs: CONVERGED_MS });
  await seen(() => ports.port(MRI.port)?.tag === VLANS.imaging);
  expect(await stage.ward.switch.flowsOf(OURS.cookie, OURS.mask)).toEqual([]);
}

/** What must hold in every run, however it was disturbed. */
function expectOneCleanMove(since: number): void {
  const moves = ports.tagChanges(MRI.port).filter(({ at }) => at > since);
  expect(moves.map(({ previousTag, tag }) => `${previousTag} -> ${tag}`)).toEqual(['10 -> 66']);
  const ofThisRun = flows.changes.filter(({ at, cookie }) => at > since && isOurs(cookie));
  const added = ofThisRun
    .filter(({ event }) => event === 'added')
    .map(({ cookie, match }) => `${cookie.toString(16)} ${match}`);
  expect(added.length).toBeGreaterThan(0);
  expect(added.filter((one, i) => added.indexOf(one) !== i)).toEqual([]);
  const [move] = moves;
  const before = ofThisRun.filter(({ at }) => at < (move?.at ?? 0));
  const takenAway = ofThisRun.filter(({ at, event }) => event === 'deleted' && at > (move?.at ?? 0));
  expect(takenAway).toEqual([]);
  expect(before.filter(({ event, actions }) => event === 'added' && actions.includes('output')).length).toBeGreaterThan(
    4,
  );
}

/** No permit was away while the port was in the quarantine VLAN. */
async function expectPermitsNow(): Promise<void> {
  const permits = (await stage.ward.switch.flowsOf(OURS.cookie, OURS.mask)).filter(
    ({ priority }) => priority === PERMIT_PRIORITY,
  );
  expect(permits.length).toBeGreaterThan(4);
  const { tag } = await stage.ward.switch.port(MRI.port);
  expect(tag).toBe(VLANS.quarantine);
}

const MOMENTS: Moment[] = ['decision committed', 'permits in', 'port moved', 'acknowledgement pending'];

describe.each(['orchestrator', 'enforcement'])('SIGKILL of %s', (service) => {
  it.each(MOMENTS)('after "%s": the isolation is proven, moved once, and never without its permits', async (moment) => {
    const exits: number[] = [];
    const forget = stage.services.get(service).onExit(() => exits.push(Date.now()));
    const since = await isolate(async (begun) => {
      await reached(moment, begun);
      await stage.services.get(service).kill();
    });
    forget();
    expect(exits).toHaveLength(1);
    expectOneCleanMove(since);
    await expectPermitsNow();
    await stage.services.get(service).ready();
    await release();
  });
});

describe.each(['discovery', 'risk-scoring'])('SIGKILL of %s', (service) => {
  it('while the worm begins: the isolation is proven all the same', async () => {
    const since = await isolate(async () => {
      await sleep(500);
      await stage.services.get(service).kill();
    });
    expectOneCleanMove(since);
    await expectPermitsNow();
    await release();
  });
});

describe.each(['kafka', 'postgres'] as const)('%s stopped for a minute', (name) => {
  it('changes nothing on the switch meanwhile; within a minute after it is back the isolation is proven', async () => {
    const server = stage.platform[name];
    if (!server) throw new Error(`${name} is not ours to stop: unset DATABASE_URL and KAFKA_BROKERS`);
    await server.stop();
    const since = Date.now();
    const worm = await startWorm(stage, 'mri');
    await sleep(OUTAGE_MS);
    expect(ports.tagChanges(MRI.port).filter(({ at }) => at > since)).toEqual([]);
    expect(flows.changes.filter(({ at, cookie }) => at > since && isOurs(cookie))).toEqual([]);
    await server.restart();
    const back = Date.now();
    await untilQuarantine(stage, mri, { decision: 'approved', truth: 'proven' }, { since, timeoutMs: CONVERGED_MS });
    expect(Date.now() - back).toBeLessThan(CONVERGED_MS);
    await worm.stop();
    expectOneCleanMove(since);
    await expectPermitsNow();
    await release();
  });
});

it('every image that the MRI sent through all of it was stored with its digest, and every call-back came', async () => {
  const witness = await stage.ward.witness(await modality.stop());
  expect(witness).toMatchObject({
    missing: [],
    different: [],
    failedStudies: [],
    failedQueries: [],
    failedCommitments: [],
  });
  expect(witness.equal).toBeGreaterThan(10);
});
