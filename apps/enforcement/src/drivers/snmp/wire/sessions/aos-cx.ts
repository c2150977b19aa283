import type { SessionReading } from '#driver';
import { asMac, asNumber, asText, type Walk } from '../walk.js';
import { vlanOrNone, type SessionRow, type SessionTableFormat } from './row.js';

// ARUBAWIRED-PORT-ACCESS-MIB, arubaWiredPortAccessClientTable. Index: length of the port's name, the name, six octets of
// the MAC. There is no session id, so port and MAC stand for it.
const ENTRY = '1.3.6.1.4.1.47196.4.1.1.3.17.1.1.1';
const ROLE = `${ENTRY}.4`;
const ROLE_TYPE = `${ENTRY}.5`;
const STATE = `${ENTRY}.7`;
const FAILURE = `${ENTRY}.8`;
const VLAN = `${ENTRY}.9`;

function parse(walk: Walk): SessionRow[] {
  return walk.column(STATE).flatMap(({ index, value }) => {
    const [length = 0, ...rest] = index;
    const port = Buffer.from(rest.slice(0, length)).toString('latin1');
    const mac = asMac(rest.slice(length));
    if (port === '' || mac === null) return [];
    const cell = walk.row(index);
    const authenticated = asText(value) === 'authenticated';
    const critical = /critical/i.test(`${asText(cell(ROLE_TYPE))} ${asText(value)}`);
    return {
      mac,
      sessionId: `${port}-${mac}`,
      port,
      state: stateOf(authenticated, critical, asText(cell(FAILURE))),
      authorizedBy: critical ? 'critical' : authenticated ? 'server' : 'unknown',
      vlan: vlanOrNone(asNumber(cell(VLAN))),
      policy: asText(cell(ROLE)) || null,
      secondsLeft: null,
      startedAt: null,
    };
  });
}

function stateOf(authenticated: boolean, critical: boolean, failure: string): SessionReading['state'] {
  if (failure !== '') return 'failed';
  return authenticated || critical ? 'authorized' : 'unauthorized';
}

export const aosCxSessions: SessionTableFormat = { columns: [ROLE, ROLE_TYPE, STATE, FAILURE, VLAN], parse };
