import type { Opener } from '#events';
import { BoundedMap } from '../bounded-map.js';
import { FLOW_KINDS, PROTOCOLS, type Flow } from '../sensors/flow.js';

/** One end of a flow. */
interface End {
  address: string;
  port: number | null;
}

/** What a conversation is about, as seen from the device's side. */
export interface Service {
  transport: string | null;
  /** The port of the side that was opened to; null for what has no ports. */
  port: number | null;
  opener: Opener;
}

/** Most flows whose opener is remembered. */
export const MAX_OPENERS = 50_000;

/**
 * Tells who opened a flow. The SYN says it, at whatever port it was seen. Without one (the sensor came later, or a
 * permit line took it) the lower port is the service's: ports are handed out to clients from 32,768 or 49,152 on.
 * What has no ports was opened by who was seen to send first.
 */
export class Openers {
  private readonly openers = new BoundedMap<string, string>(MAX_OPENERS);

  /** To be told of every flow, before `serviceOf` is asked about it. */
  note(flow: Flow): void {
    const key = flowKey(flow);
    if (flow.kind === FLOW_KINDS.opening || (flow.sourcePort === null && !this.openers.has(key))) {
      this.openers.set(key, endText(sourceOf(flow)));
    }
  }

  /** `deviceSends`: the device is the flow's source. */
  serviceOf(flow: Flow, deviceSends: boolean): Service {
    const source = sourceOf(flow);
    const destination = destinationOf(flow);
    const known = this.openers.get(flowKey(flow));
    const sourceOpened = known === undefined ? byPort(source, destination) : known === endText(source);
    return {
      transport: transportOf(flow.protocol),
      port: sourceOpened ? destination.port : source.port,
      opener: sourceOpened === deviceSends ? 'device' : 'peer',
    };
  }
}

export function transportOf(protocol: number | null): string | null {
  switch (protocol) {
    case null:
      return null;
    case PROTOCOLS.tcp:
      return 'tcp';
    case PROTOCOLS.udp:
      return 'udp';
    case PROTOCOLS.icmp:
      return 'icmp';
    default:
      return String(protocol);
  }
}

function byPort(source: End, destination: End): boolean {
  return source.port === null || destination.port === null || destination.port <= source.port;
}

function sourceOf(flow: Flow): End {
  return { address: flow.sourceAddress ?? flow.sourceMac, port: flow.sourcePort };
}

function destinationOf(flow: Flow): End {
  return { address: flow.destinationAddress ?? flow.destinationMac, port: flow.destinationPort };
}

function endText({ address, port }: End): string {
  return `${address}|${port ?? ''}`;
}

/** The same for both ways of a flow. */
function flowKey(flow: Flow): string {
  const ends = [endText(sourceOf(flow)), endText(destinationOf(flow))].sort();
  return `${flow.etherType}|${flow.protocol ?? ''}|${ends.join('|')}`;
}
