import type { SessionReading } from '#driver';
import { asMac, asNumber, asText, type Walk } from '../walk.js';
import { secondsBefore, vlanOrNone, type SessionRow, type SessionTableFormat } from './row.js';

// HP-DOT1X-EXTENSIONS-MIB (ProCurve, AOS-S). Both tables: index ifIndex, then six octets of the MAC.
const CLIENT_STATE = '1.3.6.1.4.1.11.2.14.11.5.1.25.1.2.2.1.5';
const SESSION = '1.3.6.1.4.1.11.2.14.11.5.1.25.1.2.5.1';
const SESSION_ID = `${SESSION}.6`;
const METHOD = `${SESSION}.7`;
const TIME = `${SESSION}.8`;
const TERMINATE_CAUSE = `${SESSION}.12`;
const FORWARDING = `${SESSION}.14`;
const VLAN = `${SESSION}.15`;
const ROLE = `${SESSION}.16`;

/** States of an authenticator (IEEE 802.1X-2001 8.5.4). */
const AUTHENTICATED = 5;
const FORCED = 8;
const REMOTE_SERVER = 1;
const NOT_TERMINATED = 999;
const TRUE = 1;

function parse(walk: Walk, now: Date): SessionRow[] {
  return walk.column(CLIENT_STATE).flatMap(({ index, value }) => {
    const [ifIndex, ...octets] = index;
    const mac = asMac(octets);
    if (ifIndex === undefined || mac === null) return [];
    const cell = walk.row(index);
    const cause = asNumber(cell(TERMINATE_CAUSE));
    if (cause !== null && cause !== NOT_TERMINATED) return [];
    const ticks = asNumber(cell(TIME));
    return {
      mac,
      sessionId: asText(cell(SESSION_ID)) || `${ifIndex}-${mac}`,
      port: ifIndex,
      state: stateOf(asNumber(value), asNumber(cell(FORWARDING))),
      authorizedBy: asNumber(cell(METHOD)) === REMOTE_SERVER ? 'server' : 'unknown',
      vlan: vlanOrNone(asNumber(cell(VLAN))),
      policy: asText(cell(ROLE)) || null,
      secondsLeft: null,
      startedAt: secondsBefore(now, ticks === null ? null : ticks / 100),
    };
  });
}

/** Authenticated and not forwarding is the server's yes that the switch could not apply. */
function stateOf(state: number | null, forwarding: number | null): SessionReading['state'] {
  if (state === FORCED) return 'authorized';
  if (state !== AUTHENTICATED) return 'unauthorized';
  return forwarding === null || forwarding === TRUE ? 'authorized' : 'failed';
}

export const procurveSessions: SessionTableFormat = {
  columns: [CLIENT_STATE, SESSION_ID, METHOD, TIME, TERMINATE_CAUSE, FORWARDING, VLAN, ROLE],
  parse,
};
