import type { SessionReading } from '#driver';
import { asMac, asNumber, asText, type Walk } from '../walk.js';
import { secondsBefore, vlanOrNone, type SessionRow, type SessionTableFormat } from './row.js';

// DNOS-AUTHENTICATION-MANAGER-MIB (Dell N series), agentAuthMgrClientStatusTable. Index: six octets of the MAC.
const ENTRY = '1.3.6.1.4.1.674.10895.5000.2.6132.1.1.61.4.1.1';
const INTERFACE = `${ENTRY}.3`;
const AUTHORIZED = `${ENTRY}.4`;
const AUTHENTICATION = `${ENTRY}.6`;
const VLAN = `${ENTRY}.8`;
const VLAN_REASON = `${ENTRY}.9`;
const SESSION_TIME = `${ENTRY}.10`;
const FILTER = `${ENTRY}.11`;
const DOWNLOADED_LIST = `${ENTRY}.12`;
const ACCOUNTING_SESSION = `${ENTRY}.15`;
const TIME_LEFT = `${ENTRY}.19`;

const YES = 1;
/** agentAuthMgrClientAuthState: 1 success, 2 failed, 3 running. */
const SUCCEEDED = 1;
/** Why it has its VLAN: 1 RADIUS, 2 failed, 3 no answer, 4 voice, 5 monitor, 6 critical, 7 none. */
const REASON = { radius: 1, critical: 6 } as const;

function parse(walk: Walk, now: Date): SessionRow[] {
  return walk.column(INTERFACE).flatMap(({ index, value }) => {
    const mac = asMac(index);
    const ifIndex = asNumber(value);
    if (mac === null || ifIndex === null) return [];
    const cell = walk.row(index);
    const reason = asNumber(cell(VLAN_REASON));
    return {
      mac,
      sessionId: asText(cell(ACCOUNTING_SESSION)) || `${ifIndex}-${mac}`,
      port: ifIndex,
      state: stateOf(asNumber(cell(AUTHORIZED)), asNumber(cell(AUTHENTICATION))),
      authorizedBy: reason === REASON.critical ? 'critical' : reason === REASON.radius ? 'server' : 'unknown',
      vlan: vlanOrNone(asNumber(cell(VLAN))),
      policy: asText(cell(DOWNLOADED_LIST)) || asText(cell(FILTER)) || null,
      secondsLeft: asNumber(cell(TIME_LEFT)),
      startedAt: secondsBefore(now, asNumber(cell(SESSION_TIME))),
    };
  });
}

/** Authenticated and not authorised is the server's yes that the switch could not apply. */
function stateOf(authorized: number | null, authentication: number | null): SessionReading['state'] {
  if (authorized === YES) return 'authorized';
  return authentication === SUCCEEDED ? 'failed' : 'unauthorized';
}

export const dellSessions: SessionTableFormat = {
  columns: [
    INTERFACE,
    AUTHORIZED,
    AUTHENTICATION,
    VLAN,
    VLAN_REASON,
    SESSION_TIME,
    FILTER,
    DOWNLOADED_LIST,
    ACCOUNTING_SESSION,
    TIME_LEFT,
  ],
  parse,
};
