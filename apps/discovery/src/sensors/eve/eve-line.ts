import { leftOut, refused, type LineReader, type LineResult } from '../follow/line-fact.js';
import { alertEvent } from './alert.js';
import { dhcpEvent } from './dhcp.js';
import { dnsEvent } from './dns.js';
import { eventOf, type EveEvent } from './event.js';
import { flowEvent } from './flow.js';

const EVENTS: Readonly<Record<string, (event: EveEvent) => LineResult>> = {
  alert: alertEvent,
  dhcp: dhcpEvent,
  dns: dnsEvent,
  flow: flowEvent,
};

/** Reads Suricata's EVE log: every line says what it is, and no line needs another. */
export class EveReader implements LineReader {
  begin(): void {
    // There is no header.
  }

  take(line: string): LineResult {
    const event = eventOf(line);
    if (!event) return refused('bad-line');
    const read = Object.hasOwn(EVENTS, event.type) ? EVENTS[event.type] : undefined;
    return read ? read(event) : leftOut('other-event');
  }
}
