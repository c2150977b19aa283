import type { FlowRecord } from '../flows/flow-record.js';
import { MAX_DATAGRAM, newMessage, type MessageResult } from '../flows/message.js';
import { ipv4Text } from '../flows/octets.js';
import { sinceBoot, type ExportClock } from '../flows/record.js';
import { REFUSALS } from '../flows/refusal.js';

const HEADER = 24;
const RECORD = 48;
const ICMP = 1;
const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 132]);

/**
 * A NetFlow v5 datagram (Cisco, "NetFlow Export Datagram Format", tables B-3 and B-4):
 *
 *     datagram = version(16)=5 count(16) sysUptime(32) unixSecs(32) unixNsecs(32) flowSequence(32)
 *                engineType(8) engineId(8) samplingMode(2) samplingInterval(14) record*
 *     record   = source(32) destination(32) nextHop(32) input(16) output(16) packets(32) octets(32) first(32) last(32)
 *                sourcePort(16) destinationPort(16) pad(8) tcpFlags(8) protocol(8) tos(8) sourceAs(16) destinationAs(16)
 *                sourceMask(8) destinationMask(8) pad(16)
 *
 * The sequence counts flows, of each engine by itself. A datagram shorter than its count is not taken at all.
 */
export function decodeV5(datagram: Uint8Array): MessageResult {
  if (datagram.byteLength > MAX_DATAGRAM) return { ok: false, reason: REFUSALS.huge };
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  if (view.byteLength < HEADER) return { ok: false, reason: REFUSALS.truncated };
  if (view.getUint16(0) !== 5) return { ok: false, reason: REFUSALS.wrongVersion };
  const count = view.getUint16(2);
  if (HEADER + count * RECORD > view.byteLength) return { ok: false, reason: REFUSALS.truncated };
  const exportAt = view.getUint32(8) * 1000 + Math.floor(view.getUint32(12) / 1e6);
  const clock = { exportAt, uptime: view.getUint32(4) };
  const message = newMessage(5, clock, view.getUint32(16), view.getUint16(20));
  const sampledOneIn = Math.max(1, view.getUint16(22) & 0x3fff);
  for (let at = HEADER; at < HEADER + count * RECORD; at += RECORD) {
    message.flows.push({ index: at, flow: recordAt(view, at, clock, sampledOneIn) });
  }
  message.dataRecords = count;
  return { ok: true, message };
}

function recordAt(view: DataView, at: number, clock: ExportClock, sampledOneIn: number): FlowRecord {
  const protocol = view.getUint8(at + 38);
  const hasPorts = WITH_PORTS.has(protocol);
  const start = sinceBoot(view.getUint32(at + 24), clock, null) ?? clock.exportAt;
  const end = sinceBoot(view.getUint32(at + 28), clock, null) ?? clock.exportAt;
  return {
    observationPoint: 0,
    direction: null,
    ingressInterface: view.getUint16(at + 12),
    egressInterface: view.getUint16(at + 14),
    ingressPort: null,
    egressPort: null,
    vlan: null,
    sourceMac: null,
    destinationMac: null,
    etherType: 0x0800,
    sourceAddress: ipv4Text(view, at),
    destinationAddress: ipv4Text(view, at + 4),
    protocol,
    sourcePort: hasPorts ? view.getUint16(at + 32) : null,
    destinationPort: hasPorts ? view.getUint16(at + 34) : null,
    tcpFlags: view.getUint8(at + 37),
    icmpTypeCode: protocol === ICMP ? view.getUint16(at + 34) : null,
    frames: view.getUint32(at + 16),
    octets: view.getUint32(at + 20),
    reverse: null,
    sampledOneIn,
    start,
    end: Math.max(start, end),
  };
}
