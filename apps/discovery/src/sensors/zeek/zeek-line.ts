import { leftOut, refused, type LineReader, type LineResult } from '../follow/line-fact.js';
import { connLine } from './conn.js';
import { dhcpLine } from './dhcp.js';
import { dnsLine } from './dns.js';
import { LogFormat, type Fields } from './log-format.js';
import { noticeLine } from './notice.js';

/** The logs that are read. */
export const ZEEK_LOGS = ['conn', 'dns', 'dhcp', 'notice'] as const;
export type ZeekLog = (typeof ZEEK_LOGS)[number];

const LINES: Record<ZeekLog, (fields: Fields) => LineResult> = {
  conn: connLine,
  dns: dnsLine,
  dhcp: dhcpLine,
  notice: noticeLine,
};

/** Reads one of Zeek's logs; `log` null: each line names its own. */
export class ZeekReader implements LineReader {
  private format = new LogFormat();

  constructor(private readonly log: ZeekLog | null) {}

  begin(head: readonly string[]): void {
    this.format = new LogFormat();
    for (const line of head) this.format.take(line);
  }

  take(line: string): LineResult {
    const row = this.format.take(line);
    if (row.kind === 'header') return leftOut('header');
    if (row.kind === 'refused') return refused(row.reason);
    const log = this.log ?? row.path;
    if (log === null) return refused('no-path');
    return isZeekLog(log) ? LINES[log](row.fields) : leftOut('other-log');
  }
}

function isZeekLog(log: string): log is ZeekLog {
  return Object.hasOwn(LINES, log);
}
