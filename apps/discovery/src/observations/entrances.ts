import { BoundedMap } from '../bounded-map.js';
import { PROTOCOLS, type Flow } from '../sensors/flow.js';
import type { Ends } from '../sensors/follow/line-fact.js';
import type { Binding } from './binding.js';
import type { BoundTo } from './look-ups.js';

/** How long it is remembered where the packets of a five-tuple entered: a sensor that writes lines tells of it when it is over. */
export const ENTRANCE_KEPT_MS = 300_000;
export const MAX_ENTRANCES = 50_000;
/** Clocks of two sensors differ by no more, if they are to speak of the same packet. */
export const SAME_TIME_MS = 5000;

type Entrance = BoundTo & { from: number; to: number; until: number };

/**
 * Where packets entered, as flow sensors told, by five-tuple: what another sensor says of the same five-tuple at the
 * same time is bound by it. A port that is used again by another device later is another entrance.
 */
export class Entrances {
  private readonly byTuple = new BoundedMap<string, Entrance>(MAX_ENTRANCES);

  record(flow: Flow, binding: Binding): void {
    if (binding.kind !== 'bound' && binding.kind !== 'contradicted') return;
    const { sourceAddress, sourcePort, destinationAddress, destinationPort, protocol } = flow;
    if (sourceAddress === null || sourcePort === null || destinationAddress === null || destinationPort === null)
      return;
    if (protocol !== PROTOCOLS.tcp && protocol !== PROTOCOLS.udp) return;
    const transport = protocol === PROTOCOLS.tcp ? 'tcp' : 'udp';
    const key = `${transport}|${sourceAddress}|${sourcePort}|${destinationAddress}|${destinationPort}`;
    const { deviceId, kind } = binding;
    const known = this.byTuple.get(key);
    const isTheSame = known?.deviceId === deviceId && known.binding === kind && flow.start <= known.to + SAME_TIME_MS;
    const from = isTheSame ? Math.min(known.from, flow.start) : flow.start;
    this.byTuple.set(key, { deviceId, binding: kind, from, to: flow.end, until: flow.receivedAt + ENTRANCE_KEPT_MS });
  }

  find({ transport, clientAddress, clientPort, serverAddress, serverPort }: Ends, at: number): BoundTo | null {
    const found = this.byTuple.get(`${transport}|${clientAddress}|${clientPort}|${serverAddress}|${serverPort}`);
    if (!found || at < found.from - SAME_TIME_MS || at > found.to + SAME_TIME_MS) return null;
    return { deviceId: found.deviceId, binding: found.binding };
  }

  tick(now: number): void {
    this.byTuple.takeWhile(({ until }) => until <= now);
  }
}
