import { DETECTORS, RULES_VERSION, type DetectorName } from '../../apps/risk-scoring/src/evidence/evidence.js';
import { NOT_BUILT, peersFigure } from './figures.js';
import { piecesToPropose, type Goal } from './goals.js';
import type { Judged, JudgedNames, JudgedPorts, JudgedRecording } from './judged.js';
import type { DeviceRun, Run } from './run.js';

const HEADER = ['data set', 'detector', 'found', 'missed', 'false', 'time to find', 'pieces', 'recorded of others'];
const BEACON = 0.8;
type Row = string[];

/** The table, the goals and the verdict, which is the last line. */
export function report(judged: Judged, reached: readonly Goal[]): string {
  const rows = [
    ...judged.recordings.flatMap(recordingRows),
    ...judged.names.map(namesRow),
    ...(judged.ports ? [portsRow(judged.ports)] : []),
    ...NOT_BUILT.map((detector) => ['', detector, 'NOT BUILT', '', '', '', '', '']),
  ];
  const goalRows = reached.map(({ goal, standing, figure }) => [standing, goal, figure]);
  return [
    aligned([HEADER, ...rows]),
    aligned([['', 'goal', 'figure'], ...goalRows]),
    weighed(judged),
    verdict(reached),
  ].join('\n\n');
}

function weighed({ recordings, names, ports }: Judged): string {
  const runs = [...recordings, ...names, ...(ports ? [ports] : [])].map(({ run }) => run);
  const sum = (of: (run: Run) => number) => runs.reduce((total, run) => total + of(run), 0);
  const [all, unjudged] = [sum((run) => run.observations), sum((run) => run.unjudged)];
  return `Rules version ${RULES_VERSION}; ${all} observations weighed, ${unjudged} left out because their sensor can't show enough.`;
}

/** Whether everything holds. A goal without data, or without its detector, holds nothing. */
export function allHold(reached: readonly Goal[]): boolean {
  return reached.every(({ standing }) => standing === 'holds') && NOT_BUILT.length === 0;
}

function verdict(reached: readonly Goal[]): string {
  const count = (standing: Goal['standing']) => reached.filter((one) => one.standing === standing).length;
  const counts = `${count('holds')} goals hold, ${count('FAILS')} fail, ${count('NOT BUILT')} not built, ${count('no data')} without data`;
  const detectors = NOT_BUILT.length > 0 ? `; ${NOT_BUILT.length} detectors not built` : '';
  return `${allHold(reached) ? 'PASS' : 'NOT PASSED'}: ${counts}${detectors}`;
}

function recordingRows(judged: JudgedRecording): Row[] {
  const { recording, run } = judged;
  const devices = [...run.devices.values()];
  const speaking = (Object.keys(DETECTORS) as DetectorName[]).filter((name) =>
    devices.some((device) => device.accusing.some((piece) => piece.detector === name)),
  );
  const rows = [
    row(
      judged,
      'assessment',
      (device) => device.reachedAt.get('watch')?.at,
      () => true,
    ),
    ...speaking.map((name) =>
      row(
        judged,
        name,
        (device) => device.foundBy.get(name)?.at,
        (by) => by === name,
      ),
    ),
  ];
  const regular = judged.destinations.filter(({ score }) => score !== null && score.score >= BEACON);
  if (regular.length === 0) return rows;
  const best = Math.max(...regular.map(({ score }) => score?.score ?? 0));
  const beacons = `${regular.length} of ${judged.destinations.length} destinations at ${BEACON} or more, best ${best.toFixed(3)}`;
  const figure = peersFigure(recording.name, 'beacon score');
  return [...rows, [recording.name, 'beacon score', '', '', '', beacons, '', figure]];
}

function row(
  { recording, run, truth }: JudgedRecording,
  detector: string,
  foundAt: (device: DeviceRun) => number | undefined,
  mine: (detector: DetectorName) => boolean,
): Row {
  const devices = [...run.devices.values()];
  const found = devices.filter((device) => foundAt(device) !== undefined);
  const right = found.filter(({ deviceId }) => truth.infected.has(deviceId));
  const wrong = truth.othersHealthy
    ? String(found.length - right.length)
    : found.length > 0
      ? `${found.length} ?`
      : '-';
  const pieces = devices.reduce((sum, one) => sum + one.accusing.filter((piece) => mine(piece.detector)).length, 0);
  const times = right.flatMap((device) => {
    const first = device.accusing.find((piece) => mine(piece.detector));
    return first ? [`${(((foundAt(device) ?? 0) - first.at) / 1000).toFixed(1)} s`] : [];
  });
  const [hits, misses] =
    truth.infected.size > 0 ? [String(right.length), String(truth.infected.size - right.length)] : ['-', '-'];
  const figure = peersFigure(recording.name, detector);
  return [recording.name, detector, hits, misses, wrong, times.join(), String(pieces), figure];
}

function namesRow({ file, run }: JudgedNames): Row {
  const days = [...run.devices.values()];
  const found = days.filter((device) => device.reachedAt.has('propose'));
  const worst = Math.max(...days.map(piecesToPropose));
  const pieces = days.reduce((sum, device) => sum + device.accusing.length, 0);
  const counts = [String(found.length), String(days.length - found.length), '-'];
  return [file, 'conficker-names', ...counts, `name ${worst}`, String(pieces), peersFigure(file, 'conficker-names')];
}

function portsRow({ run }: JudgedPorts): Row {
  const [device] = [...run.devices.values()];
  const flows = device ? piecesToPropose(device) : Infinity;
  const [name, detector] = ['conficker-c-ports.json', 'conficker-ports'];
  const found = Number.isFinite(flows) ? ['1', '0'] : ['0', '1'];
  const pieces = String(device?.accusing.length ?? 0);
  return [name, detector, ...found, '-', `flow ${flows}`, pieces, peersFigure(name, detector)];
}

function aligned(rows: readonly Row[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
