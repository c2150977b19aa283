import type { Judged, JudgedRecording } from './judged.js';
import type { DeviceRun } from './run.js';

export type Standing = 'holds' | 'FAILS' | 'NOT BUILT' | 'no data';

export interface Goal {
  goal: string;
  standing: Standing;
  figure: string;
}

const MOST_PIECES_A_DAY = 10;
const BEACON_TOLERANCE = 0.05;
const FAILED_CONTACTS = 4;
const MIRAI_SECONDS = 6;
const SECOND_NAME = 2;
const TENTH_FLOW = 10;
const DAY_MS = 86_400_000;

/** The goals of the evidence, each judged on what was found. */
export function goals(judged: Judged): Goal[] {
  const { recordings, names, ports } = judged;
  return [
    scanners(recordings, /mirai/, MIRAI_SECONDS),
    scanners(recordings, /(^|\/)nmap$/, Infinity),
    infectedFound(recordings),
    quiet(recordings),
    victims(recordings),
    dicom(recordings),
    listedNames(names),
    wormPorts(ports),
    beaconScores(recordings),
    benignBeacons(recordings),
  ];
}

function goal(text: string, judgedOn: number, failures: readonly string[], figure: string): Goal {
  if (judgedOn === 0) return { goal: text, standing: 'no data', figure: '' };
  const failed = failures.length > 0;
  return {
    goal: text,
    standing: failed ? 'FAILS' : 'holds',
    figure: failed ? failures.slice(0, 3).join('; ') : figure,
  };
}

function scanners(recordings: readonly JudgedRecording[], name: RegExp, seconds: number): Goal {
  const within = Number.isFinite(seconds) ? ` within ${seconds} s` : '';
  const text = `spread finds ${name.source.replace(/[^a-z]/g, '')} on the 4th failed first contact${within}`;
  const scanning = recordings.filter((one) => name.test(one.recording.name)).flatMap(infectedRuns);
  const figures = scanning.map((device) => scanFigure(device));
  const failures = figures.filter((one) => one.pieces !== FAILED_CONTACTS || one.seconds > seconds);
  return goal(text, scanning.length, failures.map(asText), figures.map(asText).join('; '));
}

interface ScanFigure {
  deviceId: string;
  pieces: number;
  seconds: number;
}

function scanFigure({ deviceId, foundBy, accusing }: DeviceRun): ScanFigure {
  const found = foundBy.get('scan');
  const first = accusing.find((piece) => piece.detector === 'scan');
  if (!found || !first) return { deviceId, pieces: Infinity, seconds: Infinity };
  return { deviceId, pieces: found.pieces, seconds: (found.at - first.at) / 1000 };
}

function asText({ deviceId, pieces, seconds }: ScanFigure): string {
  return Number.isFinite(pieces) ? `${deviceId}: contact ${pieces}, ${seconds.toFixed(1)} s` : `${deviceId}: never`;
}

function infectedFound(recordings: readonly JudgedRecording[]): Goal {
  const all = recordings.flatMap((one) => infectedRuns(one).map((device) => ({ name: one.recording.name, device })));
  const missed = all.filter(({ device }) => device.highest === 'none');
  const failures = missed.map(({ name, device }) => `${name} ${device.deviceId} missed`);
  return goal('every infected device reaches watch', all.length, failures, `${all.length} of ${all.length}`);
}

/** Devices that are known to be healthy: never at propose, and hardly ever spoken against. */
function quiet(recordings: readonly JudgedRecording[]): Goal {
  const known = recordings.filter(({ truth }) => truth.othersHealthy);
  const proposed = known.flatMap((one) =>
    healthyRuns(one)
      .filter((device) => device.hoursAtPropose.size > 0)
      .map((device) => `${one.recording.name} ${device.deviceId}: ${device.hoursAtPropose.size} h at propose`),
  );
  const benign = known.filter(({ truth }) => truth.infected.size === 0 && truth.victims.size === 0);
  const pieces = benign.map((one) => ({ name: one.recording.name, ...piecesOf(one) }));
  const noisy = pieces.filter(({ count, days }) => count > MOST_PIECES_A_DAY * days);
  const failures = [...proposed, ...noisy.map(({ name, count }) => `${name}: ${count} pieces`)];
  const most = Math.max(0, ...pieces.map(({ count }) => count));
  const text = `healthy devices: no hour at propose, at most ${MOST_PIECES_A_DAY} pieces of evidence a day`;
  return goal(text, known.length, failures, `0 hours, at most ${most} pieces`);
}

function piecesOf(one: JudgedRecording): { count: number; days: number } {
  const { firstAt, lastAt } = one.run;
  const count = healthyRuns(one).reduce((sum, device) => sum + device.accusing.length, 0);
  return { count, days: Math.max(1, Math.ceil((lastAt - firstAt) / DAY_MS)) };
}

function victims(recordings: readonly JudgedRecording[]): Goal {
  const all = recordings.flatMap((one) => runsOf(one, one.truth.victims));
  const failures = all
    .filter((device) => device.highest !== 'none')
    .map((device) => `${device.deviceId} at ${device.highest}`);
  const peak = Math.max(0, ...all.map((device) => device.peak));
  return goal('no victim of attacks from outside at watch', all.length, failures, `peak ${peak.toFixed(1)} dB`);
}

function dicom(recordings: readonly JudgedRecording[]): Goal {
  const clinical = recordings.filter(({ recording }) => /dicom/i.test(recording.name));
  const failures = clinical.flatMap(({ run }) =>
    [...run.devices.values()]
      .filter((device) => device.accusing.length > 0)
      .map((device) => `${device.deviceId}: ${device.accusing.length} pieces`),
  );
  const flows = clinical.reduce((sum, { recording }) => sum + recording.traffic.connections.length, 0);
  return goal('DICOM is never evidence', clinical.length, failures, `${flows} associations, 0 pieces`);
}

function listedNames(names: Judged['names']): Goal {
  const days = names.flatMap(({ file, run }) => [...run.devices.values()].map((device) => ({ file, device })));
  const failures = days
    .filter(({ device }) => piecesToPropose(device) !== SECOND_NAME || device.highest === 'isolate')
    .map(({ file, device }) => `${file}, ${device.deviceId}: ${piecesToPropose(device)} names, ${device.highest}`);
  const text = 'exact Conficker names: propose from one sensor by the 2nd, never isolate alone';
  return goal(text, days.length, failures, `${days.length} of ${days.length} days`);
}

function wormPorts(ports: Judged['ports']): Goal {
  const text = 'exact Conficker.C ports: propose from one sensor by the 10th flow, never isolate alone';
  if (ports === null) return goal(text, 0, [], '');
  const devices = [...ports.run.devices.values()];
  const failures = devices
    .filter((device) => piecesToPropose(device) > TENTH_FLOW || device.highest === 'isolate')
    .map((device) => `${piecesToPropose(device)} flows, ${device.highest}`);
  if (ports.right < ports.recorded) failures.push(`ports of ${ports.right} of ${ports.recorded} addresses are right`);
  const flows = devices.map(piecesToPropose).join();
  return goal(text, devices.length, failures, `flow ${flows}; ${ports.right} of ${ports.recorded} recorded addresses`);
}

export function piecesToPropose({ reachedAt }: DeviceRun): number {
  return reachedAt.get('propose')?.pieces ?? Infinity;
}

function beaconScores(recordings: readonly JudgedRecording[]): Goal {
  const compared = recordings.flatMap(({ recording, destinations }) =>
    recording.expectedBeacons
      // Of six contacts nobody can tell a rhythm: only what is a beacon to its makers is compared.
      .filter(({ score }) => score.score >= 0.8)
      .map(({ source, destination, score }) => {
        // A destination without a name is an address here and a port; to others it is the address.
        const ours = destinations.filter(
          (one) => one.source === source && [one.destination, one.destination.split(' ')[0]].includes(destination),
        );
        return { destination, expected: score.score, ours: Math.max(0, ...ours.map((one) => one.score?.score ?? 0)) };
      }),
  );
  const failures = compared
    .filter(({ expected, ours }) => Math.abs(expected - ours) > BEACON_TOLERANCE)
    .map(({ destination, expected, ours }) => `${destination}: ${ours.toFixed(3)}, expected ${expected}`);
  const figure = compared.map(({ expected, ours }) => `${ours.toFixed(3)}, expected ${expected}`).join('; ');
  return goal(`proxy beacon score within ${BEACON_TOLERANCE} of the expected`, compared.length, failures, figure);
}

/** A regular destination counts only where few others go, and that takes ten devices to see: said, lest 0 looks like more. */
function benignBeacons(recordings: readonly JudgedRecording[]): Goal {
  const known = recordings.filter(({ truth }) => truth.othersHealthy);
  const counted = known.map((one) => {
    const pieces = healthyRuns(one).flatMap(({ accusing }) => accusing.filter(({ detector }) => detector === 'beacon'));
    return { name: one.recording.name, count: pieces.length };
  });
  const failures = counted.filter(({ count }) => count > 1).map(({ name, count }) => `${name}: ${count}`);
  const regular = known.flatMap(({ destinations }) => destinations.filter(({ score }) => (score?.score ?? 0) >= 0.8));
  const most = Math.max(0, ...counted.map(({ count }) => count));
  const judgeable = known.filter(({ run }) => run.devices.size >= 10).length;
  const figure = `${most} of ${regular.length} regular ones; ${judgeable} of ${known.length} recordings show 10 devices`;
  return goal('beacon: at most 1 benign destination counts', known.length, failures, figure);
}

function infectedRuns(one: JudgedRecording): DeviceRun[] {
  return runsOf(one, one.truth.infected);
}

export function healthyRuns({ run, truth }: JudgedRecording): DeviceRun[] {
  return [...run.devices.values()].filter(({ deviceId }) => {
    return !truth.infected.has(deviceId) && !truth.victims.has(deviceId);
  });
}

function runsOf({ run }: JudgedRecording, addresses: ReadonlySet<string>): DeviceRun[] {
  return [...addresses].flatMap((address) => run.devices.get(address) ?? []);
}
