import { setTimeout as sleep } from 'node:timers/promises';
import { confickerNames, DAY_MS } from '../../apps/risk-scoring/src/detectors/command/conficker/generator.js';
import type { Stage } from '../stage/stage.js';
import {
  HOSTS,
  FULL_STUDY,
  gatewayOf,
  type Capture,
  type CapturePlace,
  type Packet,
  type StudyShape,
} from '../ward/index.js';
import type { TimelineSources } from './timeline.js';
import * as witnesses from './witnesses.js';

/** Owner of our flows in the upper 16 bits of their cookie. */
const OURS = { cookie: 0x4c5a000000000000n, mask: 0xffff000000000000n } as const;
const DENY_PRIORITY = 60_000;
const MRI = HOSTS.mri;

export interface ContainmentRequest {
  profile?: witnesses.WormName;
  study?: StudyShape;
  /** How long the worm goes on after the move. */
  afterMoveMs?: number;
  /** How long the proof may take, from the first worm packet. */
  timeoutMs?: number;
  tell: (line: string) => void;
  /** Called when there is a proposal with its plan: for the run in which a person approves. */
  proposed?: (quarantineId: string) => Promise<void>;
}

export interface ContainmentResult {
  quarantineId: string;
  timeline: TimelineSources;
  verdicts: witnesses.Verdict[];
}

/** Today's Conficker names, A and B in turn. */
export function namesOfToday(now: Date): string[] {
  const day = Math.floor(now.getTime() / DAY_MS);
  const [a, b] = [confickerNames('A', day), confickerNames('B', day)];
  return a.flatMap((name, i) => [name, b[i] ?? name]);
}

/** The main job once: the MRI sends, gets infected, is isolated and proven, and goes on sending while the worm goes on trying. */
export async function playContainment(stage: Stage, request: ContainmentRequest): Promise<ContainmentResult> {
  const { ward } = stage;
  const { tell, study = FULL_STUDY, afterMoveMs = 30_000, timeoutMs = 60_000 } = request;
  const mri = await stage.deviceId('mri-1');
  const captures = await startCaptures(stage);
  const modality = await ward.startModality('mri', { shape: study });
  await captures.handshakes.first((p) => p.destinationPort === 104, 20_000);
  await sleep(1500);
  tell('the MRI is sending a study; now it gets infected');
  const worm = await ward.infect({
    host: 'mri',
    profile: request.profile ?? 'conficker',
    names: namesOfToday(new Date()),
  });
  const first = await captures.handshakes.first((p) => p.destinationPort === 445 && p.source === MRI.address, 5000);
  if (request.proposed) {
    const plan = await stage.recorder.until(
      'lazaret.seen.plan',
      ({ data }) => data.deviceId === mri,
      timeoutMs,
      'plan of the MRI',
    );
    await request.proposed(plan.event.data.quarantineId);
  }
  const waitMs = request.proposed ? 3_600_000 : timeoutMs;
  const timeline = await readTimeline(stage, mri, first.time, waitMs);
  tell(
    `proven after ${(timeline.proven - timeline.firstWormPacket).toFixed(0)} ms; the worm goes on for ${afterMoveMs / 1000} s`,
  );
  await sleep(Math.max(0, timeline.acknowledged + afterMoveMs - Date.now()));
  const until = Date.now();
  const denyFlows = (await ward.switch.flowsOf(OURS.cookie, OURS.mask)).filter(
    ({ priority }) => priority === DENY_PRIORITY,
  );
  const attempts = await worm.stop();
  tell('the worm has stopped; the MRI finishes its study');
  const records = await modality.stop();
  await sleep(2000);
  const packets = await captures.stop();
  const containment = containmentOf(timeline.acknowledged, until);
  const studiesAfterMove = records.filter((r) => r.kind === 'study' && r.endedAt > timeline.acknowledged).length;
  const verdicts = [
    witnesses.wormWasBusy(attempts, containment, request.profile ?? 'conficker'),
    witnesses.denialsCounted(denyFlows),
    witnesses.nothingArrived(packets.watchers, containment),
    ...witnesses.imagesFlowed(await ward.witness(records), studiesAfterMove),
    witnesses.noResets(packets.handshakes, MRI.address, new Set([HOSTS.archive.address, HOSTS.worklist.address])),
    eventsValid(stage),
  ];
  return { quarantineId: timeline.quarantineId, timeline, verdicts };
}

export interface Captures {
  /** SYN, FIN and RST at the MRI's port of the switch. */
  handshakes: Capture;
  stop(): Promise<{ handshakes: Packet[]; watchers: witnesses.Watcher[] }>;
}

export async function startCaptures({ ward }: Stage): Promise<Captures> {
  const from = `(ether src ${MRI.mac} or src host ${MRI.address})`;
  const places: [string, CapturePlace, string][] = [
    ...(['mri2', 'ct', 'worklist', 'dns', 'ws'] as const).map((name): [string, CapturePlace, string] => [
      name,
      name,
      from,
    ]),
    // The study itself would fill the captures: at the archive and on the way to it, all but its port is kept.
    ['archive', 'archive', `${from} and not tcp port 104`],
    ['the gateway', { port: 'wl-r10' }, `${from} and not tcp port 104`],
    ['uplink', 'uplink', from],
  ];
  const [handshakes, ...watching] = await Promise.all([
    ward.capture({ port: MRI.port }, 'tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) != 0'),
    ...places.map(async ([name, place, filter]) => ({ name, capture: await ward.capture(place, filter) })),
  ]);
  return {
    handshakes,
    stop: async () => ({
      handshakes: await handshakes.stop(),
      watchers: await Promise.all(
        watching.map(async ({ name, capture }) => ({ place: name, packets: await capture.stop() })),
      ),
    }),
  };
}

export function containmentOf(movedAt: number, until: number): witnesses.Containment {
  const { archive, worklist, dns } = HOSTS;
  return {
    mac: MRI.mac,
    address: MRI.address,
    movedAt,
    until,
    gatewayAddress: gatewayOf(MRI.vlan).address,
    permitted: new Set([
      `${archive.address} tcp/104`,
      `${archive.address} tcp/11112`,
      `${archive.address} tcp/peer/11113`,
      `${worklist.address} tcp/105`,
      `${dns.address} udp/53`,
    ]),
  };
}

/** Each step as a second client heard of it, or as the wire and the switch's acknowledgement dated it. */
async function readTimeline(
  { recorder }: Stage,
  mri: string,
  firstWormPacket: number,
  timeoutMs: number,
): Promise<TimelineSources & { quarantineId: string }> {
  const level = async (words: string[]): Promise<number> => {
    const matches = ({ data }: { data: { deviceId: string; level: string } }): boolean =>
      data.deviceId === mri && words.includes(data.level);
    return (await recorder.until('lazaret.assessment.changed', matches, 1000, words[0])).receivedAt;
  };
  const proven = await recorder.until(
    'lazaret.quarantine.truth-changed',
    ({ data }) => data.deviceId === mri && data.decision === 'approved' && data.truth === 'proven',
    timeoutMs,
    'proven',
  );
  const evidence = await recorder.until(
    'lazaret.assessment.changed',
    ({ data }) => data.deviceId === mri && data.parts.length > 0,
    1000,
  );
  const approved = await recorder.until('lazaret.quarantine.approved', ({ data }) => data.deviceId === mri, 1000);
  const seen = await recorder.until(
    'lazaret.seen.isolation',
    ({ data }) => data.deviceId === mri && data.mode === 'apply' && data.truth === 'proven',
    1000,
  );
  const [at] = seen.event.data.interfaces;
  const when = (text: string | null | undefined): number => Date.parse(text ?? '');
  return {
    quarantineId: approved.event.data.quarantineId,
    firstWormPacket,
    firstEvidence: evidence.receivedAt,
    propose: await level(['propose', 'isolate']),
    // Whoever approves a proposal need not wait until it is as sure as that.
    isolate: await level(['isolate']).catch(() => Number.NaN),
    decision: Date.parse(approved.event.time),
    permitsIn: when(at?.permitsInAt),
    portMoved: when(at?.movedAt),
    acknowledged: when(at?.acknowledgedAt),
    proven: proven.receivedAt,
  };
}

export function eventsValid({ recorder }: Stage): witnesses.Verdict {
  const { invalid, records } = recorder;
  const letters = recorder.of('lazaret.dead-letter.kept');
  return {
    witness: 'events as a second client reads them',
    ok: invalid.length === 0 && letters.length === 0,
    said: `${records.length}, ${invalid.length} invalid, ${letters.length} dead letters${letters[0] ? `: ${letters[0].event.data.reason}` : ''}${invalid[0] ?? ''}`,
  };
}
