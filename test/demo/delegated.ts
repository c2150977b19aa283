import { setTimeout as sleep } from 'node:timers/promises';
import type { SeenPlan } from '#events';
import { untilQuarantine } from '../stage/quarantines.js';
import type { Stage } from '../stage/stage.js';
import { ourFlows, switchTables, type SwitchTables } from '../stage/switch-tables.client.js';
import {
  FULL_STUDY,
  HOSTS,
  PHANTOM,
  SESSION_COOKIE,
  SESSION_COOKIE_MASK,
  SPARE,
  VLANS,
  type ServerAnswer,
  type StudyShape,
} from '../ward/index.js';
import { containmentOf, eventsValid, namesOfToday, startCaptures } from './containment.js';
import * as delegation from './delegation-witnesses.js';
import * as witnesses from './witnesses.js';

const MRI = HOSTS.mri;
const WAIT_MS = 60_000;

/** The policy's limit in these plays: a hospital that takes six seconds takes ten on a busy machine. */
export const LONGEST_GAP_MS = 10_000;

/**
 * The switch is drilled on its test port with a test device: only what was measured there is announced, and before
 * that it counts as its worst. Returns what the command line said of it.
 */
export async function drill({ lazaret, tokens }: Stage, tell: (line: string) => void): Promise<string> {
  tell('the switch is drilled: a test device at a test port is isolated and taken back, and the gap is measured');
  const words = ['drill', 'ovs-1', '--port', SPARE.port, '--mac', PHANTOM.mac, '--reason', 'commissioning'];
  const { code, stdout, stderr } = await lazaret(words, tokens.admin);
  if (code !== 0) throw new Error(`the drill has not passed (${code}): ${stdout}${stderr}`);
  for (const line of stdout.trim().split('\n')) tell(`  ${line}`);
  return stdout;
}

export interface DelegatedRequest {
  study?: StudyShape;
  /** How long the worm goes on in quarantine. */
  inQuarantineMs?: number;
  tell: (line: string) => void;
  /** Somebody else is asked to approve; default: the stage's approver does, as soon as there is a plan. */
  approve?: (quarantineId: string) => Promise<void>;
}

export interface DelegatedResult {
  quarantineId: string;
  plan: SeenPlan['data'];
  verdicts: witnesses.Verdict[];
  /** What was there before anybody was infected: release must bring back exactly this. */
  before: Before;
}

export interface Before {
  tables: SwitchTables;
  answer: ServerAnswer;
}

/**
 * The main job where the site's RADIUS server and its switch do the work: the MRI has a real 802.1X session, gets
 * infected, its policy is set, its session ends and begins anew in quarantine, and its images go on after the gap.
 */
export async function playDelegated(stage: Stage, request: DelegatedRequest): Promise<DelegatedResult> {
  const { ward } = stage;
  const { tell, study = FULL_STUDY, inQuarantineMs = 15_000, approve = approveNow(stage) } = request;
  const waitMs = request.approve ? 3_600_000 : WAIT_MS;
  const before = { tables: await switchTables(ward), answer: await ward.dot1x.ask() };
  const session = await ward.dot1x.session();
  if (!session) throw new Error('the MRI has no 802.1X session');
  tell(`the MRI has logged in by 802.1X as ${session.user}: session ${session.sessionId} in VLAN ${session.vlan}`);
  const [captures, images] = await Promise.all([startCaptures(stage), startSample(stage)]);
  const modality = await ward.startModality('mri', { shape: study });
  await captures.handshakes.first((p) => p.destinationPort === 104, 20_000);
  await sleep(1500);
  tell('the MRI is sending a study; now it gets infected');
  const infected = Date.now();
  const worm = await ward.infect({ host: 'mri', names: namesOfToday(new Date()) });
  const plan = await proposedPlan(stage, infected);
  const { quarantineId, interruptionMs } = plan;
  tell(`proposed; the plan is: ${plan.steps.join('; ')}`);
  tell(
    `it announces that the MRI is cut off for ${(interruptionMs / 1000).toFixed(1)} s at most, and waits for a person`,
  );
  const asked = Date.now();
  await approve(quarantineId);
  const moved = await follow(stage, asked, session.sessionId, { tell, waitMs });
  const quarantined = await ward.dot1x.ask();
  await sleep(Math.max(0, moved.authorized.at + inQuarantineMs - Date.now()));
  const until = Date.now();
  const [sessionFlows, lazaretFlows, port] = await Promise.all([
    ward.switch.flowsOf(SESSION_COOKIE, SESSION_COOKIE_MASK),
    ourFlows(ward),
    ward.switch.port(MRI.port),
  ]);
  const attempts = await worm.stop();
  tell('the worm has stopped; the MRI finishes its study');
  const records = await modality.stop();
  await sleep(1000);
  const [packets, sample] = await Promise.all([captures.stop(), images.stop()]);
  const containment = containmentOf(moved.parked.at, until);
  const gap = { announcedMs: interruptionMs, parkedAt: moved.parked.at, authorizedAt: moved.authorized.at };
  const studies = records.filter((r) => r.kind === 'study' && r.endedAt > moved.authorized.at).length;
  const verdicts = [
    witnesses.wormWasBusy(attempts, { ...containment, movedAt: moved.authorized.at }, 'conficker'),
    delegation.switchFollowed({ port, sessionFlows, lazaretFlows, session: await ward.dot1x.session() }, session),
    delegation.serverIsolates(quarantined, VLANS.quarantine),
    witnesses.denialsCounted(sessionFlows.filter(({ actions }) => !actions.includes('output'))),
    witnesses.nothingArrived(packets.watchers, containment),
    delegation.gapWasAnnounced(sample, gap),
    ...witnesses.imagesFlowed(delegation.outsideGap(await ward.witness(records), gap), studies),
    witnesses.noResets(packets.handshakes, MRI.address, new Set([HOSTS.archive.address, HOSTS.worklist.address])),
    eventsValid(stage),
  ];
  return { quarantineId, plan, verdicts, before };
}

/** Everything of ours goes, and the MRI is where it was. */
export async function playRelease(
  stage: Stage,
  { quarantineId, before }: DelegatedResult,
  tell: (line: string) => void,
): Promise<witnesses.Verdict[]> {
  const { rest, tokens, ward, recorder } = stage;
  const since = Date.now();
  const reason = 'cleaned and looked at';
  await rest.must(rest.as(tokens.approver).post(`/v1/quarantines/${quarantineId}/releases`, { reason }));
  tell('released by the approver');
  const back = await ward.dot1x.untilAuthorized(since, WAIT_MS);
  tell(`a new session ${back.id} in VLAN ${back.vlan}, with ${back.rules} filter rules`);
  const deviceId = await stage.deviceId('mri-1');
  await untilQuarantine(stage, deviceId, { decision: 'released', truth: 'proven' }, { since, timeoutMs: WAIT_MS });
  tell('the release is proven');
  return [
    delegation.everythingIsBack(before, { tables: await switchTables(ward), answer: await ward.dot1x.ask() }),
    delegation.reachesAll({
      session: await ward.dot1x.session(),
      pings: (await ward.ping('mri', 'ct')) + (await ward.ping('mri', 'archive')),
      echo: await ward.clinic.echo('mri', 'archive'),
    }),
    { ...eventsValid({ ...stage, recorder }), witness: 'events after the release' },
  ];
}

/** One image packet of sixteen, by its IP identification, as it leaves the switch towards the archive. */
function startSample({ ward }: Stage): ReturnType<Stage['ward']['capture']> {
  return ward.capture('archive', `src host ${MRI.address} and tcp dst port 104 and ip[4:2] & 0xf = 0`);
}

async function proposedPlan({ recorder, deviceId }: Stage, since: number): Promise<SeenPlan['data']> {
  const mri = await deviceId('mri-1');
  const isNew = ({ data }: SeenPlan, receivedAt: number): boolean => receivedAt > since && data.deviceId === mri;
  return (await recorder.until('lazaret.seen.plan', isNew, WAIT_MS, 'a plan')).event.data;
}

function approveNow({ rest, tokens }: Stage): (quarantineId: string) => Promise<void> {
  return async (quarantineId) => {
    const path = `/v1/quarantines/${quarantineId}`;
    type View = { planDigest: string | null; policyVersion: string };
    for (const end = Date.now() + 20_000; Date.now() < end; await sleep(100)) {
      const { planDigest, policyVersion } = await rest.must(rest.as(tokens.viewer).get<View>(path));
      if (!planDigest) continue;
      const body = { planDigest, policyVersion, reason: 'agreed with radiology, about six seconds are fine' };
      await rest.must(rest.as(tokens.approver).post(`${path}/approvals`, body));
      return;
    }
    throw new Error('the proposal shows no plan');
  };
}

type Moved = { parked: { at: number }; authorized: { at: number } };

/** What happens from the approval to the proof, each step as its own witness tells it. */
async function follow(
  stage: Stage,
  since: number,
  session: string,
  { tell, waitMs }: { tell: (line: string) => void; waitMs: number },
): Promise<Moved> {
  const { ward, recorder } = stage;
  const mri = await stage.deviceId('mri-1');
  const authorized = await ward.dot1x.untilAuthorized(since, waitMs);
  const parked = (await ward.dot1x.records()).find(({ event, at }) => event === 'parked' && at > since);
  if (!parked) throw new Error('the session has not ended');
  const { data } = (
    await recorder.until(
      'lazaret.seen.isolation',
      ({ data: seen }) => seen.deviceId === mri && seen.mode === 'apply' && seen.truth === 'proven',
      WAIT_MS,
      'proven',
    )
  ).event;
  const policySetAt = Date.parse(data.interfaces[0]?.permitsInAt ?? '');
  const { event: approved } = await recorder.until(
    'lazaret.quarantine.approved',
    ({ data: one }) => one.deviceId === mri,
    1000,
  );
  const after = (at: number): string => `+${((at - Date.parse(approved.time)) / 1000).toFixed(1)} s`;
  tell(`approved by ${approved.data.actor}; seconds from there:`);
  tell(`${after(policySetAt)} the policy is set at the RADIUS server`);
  tell(`${after(parked.at)} Disconnect acknowledged: session ${session} has ended, the port is parked`);
  tell(
    `${after(authorized.at)} logged in again: session ${authorized.id} in VLAN ${authorized.vlan} with ${authorized.rules} rules`,
  );
  const proven = recorder
    .of('lazaret.seen.isolation')
    .find(({ event }) => event.data.truth === 'proven' && event.data.deviceId === mri);
  tell(`${after(proven?.receivedAt ?? Number.NaN)} proven: read back, contained and clinical`);
  return { parked, authorized };
}
