import { asMac, asNumber, asOctets, asText, type Walk } from '../walk.js';
import { secondsBefore, vlanOrNone, type SessionRow, type SessionTableFormat } from './row.js';

// HUAWEI-AAA-MIB, hwAccessTable and hwAccessExtTable. Index: the user's id. Who is listed is on line, people who have
// logged in to the switch too: those have no MAC and are left out.
const ACCESS = '1.3.6.1.4.1.2011.5.2.1.15.1';
const VLAN = `${ACCESS}.11`;
const MAC = `${ACCESS}.17`;
const INTERFACE = `${ACCESS}.57`;
const SESSION_TIMEOUT = `${ACCESS}.81`;
const ONLINE_SECONDS = '1.3.6.1.4.1.2011.5.2.1.16.1.18';

function parse(walk: Walk, now: Date): SessionRow[] {
  return walk.column(MAC).flatMap(({ index, value }) => {
    const mac = asMac(asOctets(value));
    const cell = walk.row(index);
    const port = asText(cell(INTERFACE));
    if (mac === null || port === '') return [];
    const online = asNumber(cell(ONLINE_SECONDS));
    const timeout = asNumber(cell(SESSION_TIMEOUT));
    return {
      mac,
      sessionId: index.join('.'),
      port,
      state: 'authorized' as const,
      // The table says neither who let the device in nor that a server was away.
      authorizedBy: 'unknown' as const,
      vlan: vlanOrNone(asNumber(cell(VLAN))),
      policy: null,
      // A session that has been authenticated again outlives its time-out: what is left is not known then.
      secondsLeft: timeout && online !== null && online < timeout ? timeout - online : null,
      startedAt: secondsBefore(now, online),
    };
  });
}

export const huaweiSessions: SessionTableFormat = {
  columns: [VLAN, MAC, INTERFACE, SESSION_TIMEOUT, ONLINE_SECONDS],
  parse,
};
