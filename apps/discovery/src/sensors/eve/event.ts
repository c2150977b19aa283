import type { Transport } from '#events';
import { addressOf, macOf, portOf, stampOf } from '../follow/parts.js';
import { refused, type Ends, type LineResult } from '../follow/line-fact.js';

/**
 * A line of Suricata's EVE log (docs.suricata.io, EVE JSON Format): one JSON object,
 *
 *     event = timestamp  "2017-04-07T22:24:37.251547+0100"      the zone has no colon
 *             flow_id    64 bits
 *             event_type "alert" | "flow" | "dns" | …           and an object of that name
 *             src_ip src_port dest_ip dest_port                 ports only where the protocol has them
 *             proto      "TCP" | "UDP" | "ICMP" | …
 *             ether      { src_mac dest_mac } | { src_macs[] dest_macs[] }      where ethernet logging is on
 */
export interface EveEvent {
  type: string;
  flowId: string | null;
  /** The event's own object. */
  own: JsonObject;
  all: JsonObject;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function eventOf(line: string): EveEvent | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const all = objectOf(parsed);
  const type = all && textOf(all, 'event_type');
  if (!all || type === undefined) return undefined;
  return { type, flowId: flowIdOf(line), own: objectOf(own(all, type)) ?? {}, all };
}

/** Out of the line's text: JSON.parse would round it. A quote within a text is escaped there, so this is a key. */
function flowIdOf(line: string): string | null {
  return /"flow_id"\s{0,4}:\s{0,4}(\d{1,20})(?!\d)/.exec(line)?.[1] ?? null;
}

export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** What stands under a name, and not what every object inherits. */
export function own(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function textOf(object: JsonObject, name: string): string | undefined {
  const value = own(object, name);
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(object: JsonObject, name: string): number | undefined {
  const value = own(object, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

const TRANSPORTS: Record<string, Transport | undefined> = { TCP: 'tcp', UDP: 'udp' };

export function transportOf({ all }: EveEvent): Transport | undefined {
  return TRANSPORTS[textOf(all, 'proto') ?? ''];
}

export function timeOf({ all }: EveEvent): number | undefined {
  return stampOf(textOf(all, 'timestamp'));
}

export type EndsFound = { ok: true; ends: Ends } | { ok: false; result: LineResult };

/** The event's ends as it names them, its source as the client. */
export function endsOf({ all }: EveEvent, transport: Transport): EndsFound {
  const clientAddress = addressOf(textOf(all, 'src_ip'));
  const serverAddress = addressOf(textOf(all, 'dest_ip'));
  if (clientAddress === undefined || serverAddress === undefined) return { ok: false, result: refused('bad-address') };
  const clientPort = portOf(String(own(all, 'src_port')));
  const serverPort = portOf(String(own(all, 'dest_port')));
  if (clientPort === undefined || serverPort === undefined) return { ok: false, result: refused('bad-port') };
  const clientMac = sourceMac(objectOf(own(all, 'ether')));
  return { ok: true, ends: { clientAddress, clientPort, serverAddress, serverPort, transport, clientMac } };
}

/** Of several MACs none is the client's for sure. */
function sourceMac(ether: JsonObject | undefined): string | null {
  if (!ether) return null;
  const single = textOf(ether, 'src_mac');
  const several = own(ether, 'src_macs');
  const only: unknown = Array.isArray(several) && several.length === 1 ? several[0] : undefined;
  return macOf(single ?? (typeof only === 'string' ? only : undefined)) ?? null;
}
