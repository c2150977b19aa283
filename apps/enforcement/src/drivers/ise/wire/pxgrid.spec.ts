import fc from 'fast-check';
import { parseAncStatus, parseSessionMessage } from './pxgrid.js';

const session = {
  timestamp: '2026-11-25T06:00:01.5+00:00',
  state: 'STARTED',
  callingStationId: '08:00:06:10:00:11',
  auditSessionId: '0A63',
  nasIpAddress: '10.99.0.2',
  nasPortId: 'GigabitEthernet1/0/7',
  tunnelPrivateGroupId: '(tag=1) 66',
  selectedAuthzProfiles: ['Lazaret-VLAN-66'],
  providers: ['None'],
};

describe("pxGrid's messages", () => {
  it("tell how ISE's change of authorization went", () => {
    const told = {
      operationId: 'ise-1:144',
      macAddress: '08:00:06:10:00:11',
      status: 'FAILURE',
      policyName: 'Lazaret-Imaging',
      failureReason: 'no active session found',
    };
    expect(parseAncStatus(JSON.stringify(told))).toEqual({
      mac: '08:00:06:10:00:11',
      status: 'FAILURE',
      policyName: 'Lazaret-Imaging',
      failureReason: 'no active session found',
    });
  });

  it('tell of sessions, and of their end', () => {
    const [begun] = parseSessionMessage(JSON.stringify({ sessions: [session] }));
    expect(begun).toMatchObject({ mac: '08:00:06:10:00:11', at: new Date('2026-11-25T06:00:01.500Z') });
    expect(begun?.session).toMatchObject({ vlan: 66, passed: true, authorizationProfiles: ['Lazaret-VLAN-66'] });
    const [ended] = parseSessionMessage(JSON.stringify({ sessions: [{ ...session, state: 'DISCONNECTED' }] }));
    expect(ended?.session).toBeNull();
  });

  it('that tell of an attempt under way, or of nobody, change nothing', () => {
    const nobody = { ...session, callingStationId: 'vpn-user' };
    const sessions = [{ ...session, state: 'AUTHENTICATING' }, nobody, { ...session, timestamp: 'now' }];
    expect(parseSessionMessage(JSON.stringify({ sessions }))).toEqual([]);
  });

  it('that are something else are left alone', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        return parseAncStatus(text) === null && parseSessionMessage(text).length === 0;
      }),
    );
  });
});
