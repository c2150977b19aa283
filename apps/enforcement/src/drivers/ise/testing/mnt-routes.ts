import type { PeerAnswer, PeerRequest } from '../../http/testing/https-peer.client.js';
import { formatMac } from '../../mac.js';
import { POLICY_NODE, type HeldSession, type IseState } from './ise-state.js';

const PREFIX = '/admin/API/mnt';
const TYPED = 'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

/** Answers MnT, in XML. `changed` is told of a change of authorization that the switch has carried out. */
export function answerMnt(state: IseState, asked: PeerRequest, changed: (mac: string) => void): PeerAnswer {
  if (asked.method !== 'GET') return failure(405, 'Only GET is taken here');
  const words = asked.path.slice(PREFIX.length).split('/').slice(1);
  const [area, what] = words;
  if (area === 'Version')
    return xml(
      '<product name="Cisco Identity Services Engine"><version>3.3.0.430</version><type_of_node>1</type_of_node></product>',
    );
  if (area === 'Session' && what === 'ActiveList') return xml(activeList(state));
  if (area === 'Session' && what === 'MACAddress') {
    const session = state.sessions.get((words[2] ?? '').toLowerCase());
    return session ? xml(parameters(session)) : failure(500, 'No session of this MAC address');
  }
  if (area === 'CoA' && words.length === 5) return coa(state, words, changed);
  return failure(404, 'Resource not found');
}

function coa(state: IseState, [, kind, node, mac = '', option]: string[], changed: (mac: string) => void): PeerAnswer {
  const isKnown = kind === 'Reauth' || (kind === 'Disconnect' && option !== '2');
  const done =
    isKnown &&
    node === POLICY_NODE &&
    state.change(mac.toLowerCase(), kind === 'Reauth' ? 'reauthenticate' : 'disconnect');
  if (done) changed(mac.toLowerCase());
  return xml(`<remoteCoA requestType="${kind?.toLowerCase()}"><results>${done}</results></remoteCoA>`);
}

function activeList(state: IseState): string {
  const live = [...state.sessions.values()].filter((one) => one.live);
  const sessions = live.map(
    (one) =>
      `<activeSession><user_name>${dashed(one)}</user_name><calling_station_id>${one.mac.toUpperCase()}</calling_station_id>` +
      `<nas_ip_address>${one.nasIp}</nas_ip_address><audit_session_id>${one.auditSessionId}</audit_session_id><server>${POLICY_NODE}</server></activeSession>`,
  );
  return `<activeList noOfActiveSession="${live.length}">${sessions.join('')}</activeList>`;
}

function parameters(session: HeldSession): string {
  const { vlan } = session;
  const answered = vlan === null ? '' : ` Tunnel-Type=(tag=1) VLAN; Tunnel-Private-Group-ID=(tag=1) ${vlan};`;
  const fields: Record<string, string> = {
    user_name: dashed(session),
    nas_ip_address: session.nasIp,
    calling_station_id: dashed(session),
    network_device_name: 'access-1',
    acs_server: POLICY_NODE,
    authentication_method: 'mab',
    auth_acs_timestamp: session.authenticatedAt.toISOString(),
    response: `{UserName=${dashed(session)};${answered} Class=CACS; }`,
    audit_session_id: session.auditSessionId,
    nas_port_id: session.portId,
    selected_azn_profiles: session.profile,
  };
  const typed = (name: string, value: boolean): string => `<${name} xsi:type="xs:boolean" ${TYPED}>${value}</${name}>`;
  const told = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
  const state = [
    typed('passed', true),
    typed('failed', false),
    typed('started', session.live),
    typed('stopped', !session.live),
  ];
  return `<sessionParameters>${state.join('')}${told.join('')}</sessionParameters>`;
}

function dashed({ mac }: HeldSession): string {
  return formatMac(mac, 'upper-dashes');
}

export function xml(body: string): PeerAnswer {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${body}`,
  };
}

function failure(status: number, words: string): PeerAnswer {
  const body = `<mnt-rest-result><http-code>${status}</http-code><cpm-code>34110</cpm-code><description>Server has encountered error while processing the REST request</description><module-name>MnT</module-name><internal-error-info>${words}</internal-error-info><status>SERVER_ERROR</status></mnt-rest-result>`;
  return { ...xml(body), status };
}
