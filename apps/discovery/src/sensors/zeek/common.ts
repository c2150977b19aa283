import type { Transport } from '#events';
import { addressOf, macOf, plausible, portOf, stampOf } from '../follow/parts.js';
import { refused, type Ends, type LineResult } from '../follow/line-fact.js';
import type { Fields } from './log-format.js';

/** Seconds since 1970 with their fraction; milliseconds, or an ISO 8601 stamp, where the JSON writer was told so. */
export function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,14}(\.\d{1,9})?$/.test(text)) return stampOf(text);
  const number = Number(text);
  return plausible(number > 1e11 ? number : number * 1000);
}

/** A length of time in seconds, as milliseconds. */
export function durationOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}(\.\d{1,9})?$/.test(text) ? Number(text) * 1000 : undefined;
}

const TRANSPORTS: Record<string, Transport | undefined> = { tcp: 'tcp', udp: 'udp' };

export type Head = { ok: true; at: number; ends: Ends } | { ok: false; result: LineResult };

/** The time and the ends of a connection, as `ts`, `id.*`, `proto` and mac-logging's `orig_l2_addr` tell them. */
export function headOf(fields: Fields, transport: Transport): Head {
  const at = timeOf(fields.text('ts'));
  if (at === undefined) return { ok: false, result: refused('bad-time') };
  const clientAddress = addressOf(fields.text('id.orig_h'));
  const serverAddress = addressOf(fields.text('id.resp_h'));
  if (clientAddress === undefined || serverAddress === undefined) return { ok: false, result: refused('bad-address') };
  const clientPort = portOf(fields.text('id.orig_p'));
  const serverPort = portOf(fields.text('id.resp_p'));
  if (clientPort === undefined || serverPort === undefined) return { ok: false, result: refused('bad-port') };
  const clientMac = macOf(fields.text('orig_l2_addr')) ?? null;
  return { ok: true, at, ends: { clientAddress, clientPort, serverAddress, serverPort, transport, clientMac } };
}

export function transportOf(fields: Fields): Transport | undefined {
  return TRANSPORTS[fields.text('proto') ?? ''];
}
