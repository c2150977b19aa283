import { beaconScore, type BeaconScore } from '../../apps/risk-scoring/src/detectors/command/beacon/score.js';
import type { Connection, Traffic } from './traffic.js';

export type Score = BeaconScore;

/** A destination of a device, and how regular its contacts of the recording's last 24 h are. */
export interface Destination {
  source: string;
  destination: string;
  contacts: number;
  score: Score | null;
}

const DAY_S = 86_400;

/** Every (device, destination) of a recording; the destination is the name asked for, or the address and port. */
export function destinationsOf(traffic: Traffic): Destination[] {
  const opened = traffic.connections.filter(
    ({ source, outcome }) => traffic.inside.has(source) && outcome === 'answered',
  );
  const [first, last] = spanOf(traffic.connections);
  const stretch = { from: Math.max(first, last - DAY_S), to: last };
  const bySource = new Map<string, Connection[]>();
  for (const one of opened) {
    const key = JSON.stringify([one.source, one.name ?? `${one.peer} ${one.port}/${one.transport}`]);
    const known = bySource.get(key);
    if (known) known.push(one);
    else bySource.set(key, [one]);
  }
  return [...bySource].map(([key, all]) => {
    const [source, destination] = JSON.parse(key) as [string, string];
    const contacts = all.map(({ ts, sent }) => ({ at: ts, sent }));
    return { source, destination, contacts: all.length, score: beaconScore(contacts, stretch) };
  });
}

function spanOf(connections: readonly Connection[]): [number, number] {
  let [first, last] = [Infinity, -Infinity];
  for (const { ts } of connections) [first, last] = [Math.min(first, ts), Math.max(last, ts)];
  return [first, last];
}
