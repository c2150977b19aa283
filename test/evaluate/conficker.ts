import { DAY_MS, NAMES_A_DAY } from '../../apps/risk-scoring/src/detectors/command/conficker/generator.js';
import { peerPorts, wormWeek } from '../../apps/risk-scoring/src/detectors/command/conficker/peer-ports.js';
import type { KnownPorts, NameList } from './data-set.js';
import { observationsOf, type Reported } from './observations.js';
import type { Connection, LookUp } from './traffic.js';

const LIST_STARTS = Date.UTC(2020, 0, 1) / DAY_MS;
/** The list of A names lacks one day. */
const MISSING_DAY = Date.UTC(2020, 4, 4) / DAY_MS;
const DAYS_OF_2020 = 366;
const NOON_S = 12 * 3600;
/** Of most days this many names are asked for; of every thirtieth, all. */
const NAMES_ASKED = 6;
const EVERY_NAME = 30;
const PEERS = 200;

/** One infected device a day, that looks up the recorded names of the day in their order, one a second. */
export function namesAsTraffic({ names }: NameList): Reported[] {
  const days = Math.floor(names.length / NAMES_A_DAY);
  const lookUps = Array.from({ length: days }, (_, i): LookUp[] => {
    const day = LIST_STARTS + i + (days < DAYS_OF_2020 && LIST_STARTS + i >= MISSING_DAY ? 1 : 0);
    const asked = i % EVERY_NAME === 0 ? NAMES_A_DAY : NAMES_ASKED;
    return names.slice(i * NAMES_A_DAY, i * NAMES_A_DAY + asked).map((name, second) => ({
      ts: (day * DAY_MS) / 1000 + NOON_S + second,
      knownAt: (day * DAY_MS) / 1000 + NOON_S + second,
      source: `host of day ${i}`,
      sourcePort: 50_000,
      resolver: '10.0.0.53',
      transport: 'udp',
      name,
      queryType: 'A',
      answer: 'nxdomain',
    }));
  }).flat();
  return observationsOf({ connections: [], alerts: [], lookUps, inside: new Set(lookUps.map(({ source }) => source)) });
}

/** How many of the recorded addresses have exactly the ports that we compute. */
export function rightPorts(known: readonly KnownPorts[]): number {
  const sorted = (ports: readonly number[]) => [...ports].sort((a, b) => a - b).join();
  return known.filter(({ ip, week, tcp, udp }) => {
    const ports = peerPorts(ip, week);
    return sorted(ports.tcp) === sorted(tcp) && sorted(ports.udp) === sorted(udp);
  }).length;
}

/** A device that calls one new outside peer a second, by turns of the four ports; nobody answers. */
export function portsAsTraffic(startsAt: number): Reported[] {
  const connections = Array.from({ length: PEERS }, (_, i): Connection => {
    const peer = `198.51.${100 + (i >> 7)}.${1 + (i & 127)}`;
    const transport = i % 2 === 0 ? 'udp' : 'tcp';
    const ts = startsAt / 1000 + i;
    const port = peerPorts(peer, wormWeek(startsAt))[transport][(i >> 1) & 1] as number;
    return {
      ...{ ts, knownAt: ts + 1, source: 'host of ports', sourcePort: 50_000, peer, port, transport },
      ...{ outcome: 'silent', sent: 0, received: 0, name: null },
    };
  });
  return observationsOf({ connections, alerts: [], lookUps: [], inside: new Set(['host of ports']) });
}
