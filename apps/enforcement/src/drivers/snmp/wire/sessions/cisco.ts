import type { SessionReading } from '#driver';
import { asMac, asNumber, asOctets, asText, type Walk } from '../walk.js';
import { vlanOrNone, type SessionRow, type SessionTableFormat } from './row.js';

// CISCO-AUTH-FRAMEWORK-MIB, cafSessionTable. Index: ifIndex, then the session id as text to the end of the OID (no length
// before it). The session id is what RADIUS calls `audit-session-id`.
const ENTRY = '1.3.6.1.4.1.9.9.656.1.4.1.1';
const CLIENT_MAC = `${ENTRY}.2`;
const STATUS = `${ENTRY}.5`;
const AUTHORIZED_BY = `${ENTRY}.12`;
const CRITICAL_TIME_LEFT = `${ENTRY}.13`;
const AUTH_VLAN = `${ENTRY}.14`;
const TIME_LEFT = `${ENTRY}.16`;
/** Writable TruthValues: true authenticates the session again, or ends it. */
export const CAF_REAUTH = `${ENTRY}.20`;
export const CAF_TERMINATE = `${ENTRY}.21`;

// cafSessionStatus: 1 idle, 2 running, 3 no method, 4 and 5 authentication succeeded and failed, 6 and 7 authorisation
// succeeded and failed. 7 is the server's yes that the switch could not apply.
const STATUS_AUTHORIZED = 6;
const STATUS_AUTHORIZATION_FAILED = 7;

/** The OID's tail of a session: ifIndex and session id. */
export function cafIndex(ifIndex: number, sessionId: string): string {
  return [ifIndex, ...Buffer.from(sessionId, 'latin1')].join('.');
}

function parse(walk: Walk): SessionRow[] {
  return walk.column(CLIENT_MAC).flatMap(({ index, value }) => {
    const [ifIndex, ...id] = index;
    const mac = asMac(asOctets(value));
    if (ifIndex === undefined || id.length === 0 || mac === null) return [];
    const cell = walk.row(index);
    const status = asNumber(cell(STATUS));
    return {
      mac,
      sessionId: Buffer.from(id).toString('latin1'),
      port: ifIndex,
      state: stateOf(status),
      authorizedBy: authorizer(asText(cell(AUTHORIZED_BY)), asNumber(cell(CRITICAL_TIME_LEFT))),
      vlan: vlanOrNone(asNumber(cell(AUTH_VLAN))),
      policy: null,
      secondsLeft: asNumber(cell(TIME_LEFT)),
      startedAt: null,
    };
  });
}

function stateOf(status: number | null): SessionReading['state'] {
  if (status === STATUS_AUTHORIZED) return 'authorized';
  return status === STATUS_AUTHORIZATION_FAILED ? 'failed' : 'unauthorized';
}

function authorizer(words: string, criticalSeconds: number | null): SessionReading['authorizedBy'] {
  if (/critical/i.test(words) || (criticalSeconds ?? 0) > 0) return 'critical';
  return /authentication server/i.test(words) ? 'server' : 'unknown';
}

export const ciscoSessions: SessionTableFormat = {
  columns: [CLIENT_MAC, STATUS, AUTHORIZED_BY, CRITICAL_TIME_LEFT, AUTH_VLAN, TIME_LEFT],
  parse,
};
