import fc from 'fast-check';
import { failureWords, parseActiveMacs, parseCoaResult, parseSession, parseVersion } from './mnt-session.js';

const typed =
  'xsi:type="xs:boolean" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const live = `<passed ${typed}>true</passed><failed ${typed}>false</failed><stopped ${typed}>false</stopped>`;
const named = '<calling_station_id>08-00-06-10-00-11</calling_station_id><audit_session_id>0A63</audit_session_id>';
const of = (fields: string): string => `<?xml version="1.0"?><sessionParameters>${fields}</sessionParameters>`;

describe("MnT's word on a session", () => {
  it('is read with its switch, port, profiles, policy node and time', () => {
    const text = of(
      `${live}${named}<nas_ip_address>10.99.0.2</nas_ip_address><nas_port_id>GigabitEthernet1/0/7</nas_port_id>` +
        '<acs_server>ise-psn-1</acs_server><selected_azn_profiles>Lazaret-VLAN-66, SGT</selected_azn_profiles>' +
        '<auth_acs_timestamp>2026-11-25T06:00:00.250Z</auth_acs_timestamp><vlan>66</vlan>',
    );
    expect(parseSession(text)?.session).toEqual({
      mac: '08:00:06:10:00:11',
      sessionId: '0A63',
      nasAddress: '10.99.0.2',
      port: 'GigabitEthernet1/0/7',
      passed: true,
      vlan: 66,
      authorizationProfiles: ['Lazaret-VLAN-66', 'SGT'],
      policyNode: 'ise-psn-1',
      authenticatedAt: new Date('2026-11-25T06:00:00.250Z'),
    });
  });

  it('names the VLAN of the answer where it tells no other', () => {
    const answered = '<response>{Tunnel-Type=(tag=1) VLAN; Tunnel-Private-Group-ID=(tag=1) 66; Class=x; }</response>';
    expect(parseSession(of(`${live}${named}${answered}`))?.session?.vlan).toBe(66);
    expect(parseSession(of(`${live}${named}<vlan>quarantine</vlan>`))?.session?.vlan).toBeNull();
  });

  it('says nothing of what is missing, as after a failed authentication', () => {
    const failed = `<passed ${typed}>false</passed><failed ${typed}>true</failed>${named}`;
    expect(parseSession(of(failed))?.session).toMatchObject({
      passed: false,
      policyNode: null,
      authorizationProfiles: [],
    });
    expect(parseSession(of(named))?.session?.passed).toBeNull();
  });

  it.each([`<stopped ${typed}>true</stopped>`, '<acct_status_type>Stop</acct_status_type>'])(
    'that is over is none: %s',
    (end) => {
      expect(parseSession(of(`<passed ${typed}>true</passed>${named}${end}`))).toEqual({ session: null });
    },
  );

  it('that is somebody else’s kind of answer is not taken', () => {
    expect(parseSession('<html><body>Log in</body></html>')).toBeNull();
    expect(parseSession('<!DOCTYPE a [<!ENTITY x "y">]><sessionParameters>&x;</sessionParameters>')).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => parseSession(text) === null && parseActiveMacs(text) === null));
  });
});

describe("MnT's other answers", () => {
  it('list the MACs with a live session, one or many or none', () => {
    const one = '<activeSession><calling_station_id>08:00:06:10:00:11</calling_station_id></activeSession>';
    expect(parseActiveMacs(`<activeList noOfActiveSession="1">${one}</activeList>`)).toEqual(['08:00:06:10:00:11']);
    expect(parseActiveMacs(`<activeList noOfActiveSession="2">${one}${one}</activeList>`)).toHaveLength(2);
    expect(parseActiveMacs('<activeList noOfActiveSession="0"></activeList>')).toEqual([]);
  });

  it('say whether a change of authorization was acknowledged, the version, and what failed', () => {
    expect(parseCoaResult('<remoteCoA requestType="reauth"><results>true</results></remoteCoA>')).toBe(true);
    expect(parseCoaResult('<remoteCoA requestType="reauth"><results>false</results></remoteCoA>')).toBe(false);
    expect(parseCoaResult('<html/>')).toBeNull();
    expect(parseVersion('<product name="Cisco Identity Services Engine"><version>3.3.0.430</version></product>')).toBe(
      '3.3.0.430',
    );
    const words = 'This host is not a MnT node.';
    expect(failureWords(`<mnt-rest-result><internal-error-info>${words}</internal-error-info></mnt-rest-result>`)).toBe(
      words,
    );
  });
});
