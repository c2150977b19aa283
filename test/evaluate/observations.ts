import { makeEvent, observationId, type Observation, type ObservationsReported } from '#events';
import type { Alert, Connection, LookUp, Traffic } from './traffic.js';

/** One recording is one sensor: a tap that nobody else can speak for, and one trust domain. */
const SENSOR = { sensorId: 'tap', trustDomain: 'tap', authenticated: true, binding: 'bound' } as const;
const PLACE = { site: 'recorded', realm: 'default' } as const;
/** The resolver is well if it answered anybody within so long before or after. */
const WELL_WITHIN_S = 5;

/** What discovery would have published: when it happened and when it was known (ms). The device is named by its address. */
export interface Reported {
  at: number;
  knownAt: number;
  event: ObservationsReported;
}

/** The observations of all inside devices, in the order in which they happened: levels go by that, whatever the order of reports. */
export function observationsOf(traffic: Traffic): Reported[] {
  const answered = answerTimes(traffic.lookUps);
  const reported = [
    ...traffic.connections
      .filter(({ source }) => traffic.inside.has(source))
      .map((one) => report(one, attempt(one, traffic.inside))),
    ...traffic.connections
      .filter(({ source, outcome }) => traffic.inside.has(source) && outcome === 'answered')
      .map((one) => report(one, flow(one, traffic.inside))),
    ...traffic.alerts.flatMap((one) => alerts(one, traffic.inside)),
    ...traffic.lookUps
      .filter(({ source }) => traffic.inside.has(source))
      .map((one) => report(one, lookUp(one, isWell(answered.get(one.resolver) ?? [], one.ts)))),
  ];
  return reported.sort((a, b) => a.at - b.at);
}

type Differences<K extends Observation['kind']> = Omit<
  Extract<Observation, { kind: K }>,
  keyof typeof SENSOR | 'observationId' | 'at' | 'receivedAt'
>;

function attempt(one: Connection, inside: ReadonlySet<string>): Differences<'attempt'> {
  return {
    kind: 'attempt',
    localAddress: one.source,
    localPort: one.sourcePort,
    peerAddress: one.peer,
    peerDeviceId: inside.has(one.peer) ? one.peer : null,
    peerInside: inside.has(one.peer),
    transport: one.transport,
    port: one.port,
    outcome: one.outcome,
  };
}

function flow(one: Connection, inside: ReadonlySet<string>): Differences<'flow'> {
  const { outcome: _, kind: __, ...ends } = attempt(one, inside);
  return { ...ends, kind: 'flow', peerName: one.name, bytesSent: one.sent, bytesReceived: one.received };
}

/** An alert concerns both ends that are ours, and says to each who sent it. */
function alerts(one: Alert, inside: ReadonlySet<string>): Reported[] {
  const about = { kind: 'alert', transport: one.transport, signature: one.signature, severity: one.severity } as const;
  const ends = [
    { opener: 'device', local: one.source, localPort: one.sourcePort, peer: one.peer, port: one.port },
    { opener: 'peer', local: one.peer, localPort: one.port, peer: one.source, port: one.sourcePort },
  ] as const;
  return ends
    .filter(({ local }) => inside.has(local))
    .map(({ opener, local, localPort, peer, port }) =>
      report(
        { ...one, source: local },
        {
          ...about,
          opener,
          localAddress: local,
          localPort,
          peerAddress: peer,
          peerDeviceId: inside.has(peer) ? peer : null,
          peerInside: inside.has(peer),
          port,
        },
      ),
    );
}

function lookUp(one: LookUp, resolverWell: boolean): Differences<'name'> {
  return {
    kind: 'name',
    localAddress: one.source,
    localPort: one.sourcePort,
    peerAddress: one.resolver,
    transport: one.transport,
    port: 53,
    name: one.name,
    queryType: one.queryType,
    answer: one.answer,
    resolverWell,
  };
}

function report(
  { ts, knownAt, source }: Alert | Connection | LookUp,
  seen: Differences<'alert'> | Differences<'attempt'> | Differences<'flow'> | Differences<'name'>,
): Reported {
  const [at, known] = [Math.round(ts * 1000), Math.round(knownAt * 1000)];
  const observation: Observation = {
    ...SENSOR,
    ...seen,
    observationId: observationId(ts, ...Object.values(seen).map(String)),
    at: new Date(at).toISOString(),
    receivedAt: new Date(known).toISOString(),
  };
  const event = makeEvent({
    type: 'lazaret.observations.reported',
    source: '/discovery',
    subject: source,
    time: new Date(known),
    data: { deviceId: source, ...PLACE, observations: [observation] },
  });
  return { at, knownAt: known, event };
}

function answerTimes(lookUps: readonly LookUp[]): ReadonlyMap<string, number[]> {
  const times = new Map<string, number[]>();
  for (const { resolver, ts, answer } of lookUps) {
    if (answer === 'silent') continue;
    const known = times.get(resolver);
    if (known) known.push(ts);
    else times.set(resolver, [ts]);
  }
  for (const list of times.values()) list.sort((a, b) => a - b);
  return times;
}

/** By halving: `times` are in order. */
function isWell(times: readonly number[], ts: number): boolean {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < ts - WELL_WITHIN_S) low = middle + 1;
    else high = middle;
  }
  const next = times[low];
  return next !== undefined && next <= ts + WELL_WITHIN_S;
}
