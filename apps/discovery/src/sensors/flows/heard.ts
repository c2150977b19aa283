import type { SourcePosition } from '../flow.js';
import type { FlowRecord } from './flow-record.js';
import type { Refusal } from './refusal.js';

/** Who sent a datagram. */
export interface Sender {
  address: string;
  port: number;
}

/** A record, and where its exporter's datagrams keep it. */
export interface HeardRecord {
  exporter: string;
  exporterPort: number;
  domain: number;
  /** Seconds since 1970 by the exporter's clock. */
  exportTime: number;
  sequence: number;
  index: number;
  receivedAt: number;
  flow: FlowRecord;
}

/** Sequence numbers begin anew with each session, so the session's port and the time of export are part of it. */
export function positionOf(heard: HeardRecord): SourcePosition {
  return [heard.exporter, heard.exporterPort, heard.domain, heard.exportTime, heard.sequence, heard.index];
}

/** What a datagram came to. */
export interface Heard {
  records: HeardRecord[];
  refusals: Refusal[];
  /** Records that never came, by the gap in what the exporter counts. */
  lost: number;
  /** By the exporter's clock, in milliseconds since 1970; null: its datagrams don't say. */
  exportAt: number | null;
  /** Templates have come or gone, and want to be stored. */
  templatesChanged: boolean;
  /** Sets that wait for their template now. */
  waiting: number;
  /** Sets that were read after they had waited for their template. */
  readLate: number;
}

/** Decodes the datagrams of one sensor, and remembers what their exporters told. Pure: the clock is an argument. */
export interface DatagramReader {
  read(datagram: Uint8Array, sender: Sender, now: number): Heard;
  /** Whether data of this exporter waits for its template. */
  waitsForTemplates(exporter: string): boolean;
}

export function refused(reason: Refusal): Heard {
  return { records: [], refusals: [reason], lost: 0, exportAt: null, templatesChanged: false, waiting: 0, readLate: 0 };
}
