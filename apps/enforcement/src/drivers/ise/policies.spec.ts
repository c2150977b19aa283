import { compileNamed } from '../http/named-entries.js';
import { ofMac, policyReading } from './policies.js';
import { sessionReading, type IseSession } from './session.js';
import { backOffMs, PENDING_MS } from './back-off.js';
import { ct, mri, pointAt } from './testing/points.js';
import { undoCommands } from './undo.js';

const point = pointAt({ nodes: ['https://ise-1.test:9060'], folder: '/etc/lazaret', caFile: null });

describe('an isolation in the words of ISE', () => {
  it('is the named policy that fits, and what it keeps open; the rest is cut', () => {
    expect(compileNamed(point.policies, ct)).toEqual({
      entries: ['policy Lazaret-VLAN-66', 'permit tcp to 10.20.0.10 port 104'],
      cut: [],
      policy: 'Lazaret-VLAN-66',
    });
    expect(compileNamed(point.policies, mri).cut).toEqual(['commit']);
  });

  it('is refused where every policy would open more than is permitted', () => {
    const fewer = { ...mri, permits: [mri.permits[1]!] };
    expect(() => compileNamed(point.policies, fewer)).toThrow(/opens tcp 104 with 10.20.0.10/);
  });

  it('is read back in the same words; what somebody else has assigned is theirs', () => {
    const assignment = { macAddress: ct.mac.toUpperCase(), policyName: 'Lazaret-VLAN-66' };
    expect(policyReading(ct.mac, assignment, point.policies)).toEqual({
      mac: ct.mac,
      ours: true,
      mark: null,
      entries: compileNamed(point.policies, ct).entries,
    });
    expect(policyReading(ct.mac, { ...assignment, policyName: 'Shut' }, point.policies).ours).toBe(false);
  });

  it('is never that of another MAC, should ISE answer with more than was asked for', () => {
    const others = [
      { macAddress: '08-00-06-10-00-13', policyName: 'a' },
      { macAddress: mri.mac, policyName: 'b' },
    ];
    expect(ofMac(mri.mac, others)).toEqual([others[1]]);
  });
});

describe('a session', () => {
  const session: IseSession = {
    mac: ct.mac,
    sessionId: '0A63',
    nasAddress: '10.99.0.2',
    port: ct.port,
    passed: true,
    vlan: 66,
    authorizationProfiles: ['Lazaret-VLAN-66', 'SGT'],
    policyNode: 'ise-psn-1',
    authenticatedAt: null,
  };

  it('carries what its authorization profiles say, whatever is assigned', () => {
    expect(sessionReading(session, point)).toMatchObject({
      policy: 'Lazaret-VLAN-66',
      isolated: true,
      switch: 'access-1',
    });
    const plain = sessionReading({ ...session, authorizationProfiles: ['PermitAccess'] }, point);
    expect(plain).toMatchObject({ policy: 'PermitAccess', isolated: false });
  });

  it('that nobody has authenticated is not called authorized by the server', () => {
    expect(sessionReading({ ...session, passed: false }, point).state).toBe('unauthorized');
    expect(sessionReading({ ...session, passed: null, nasAddress: '10.99.0.9' }, point)).toMatchObject({
      authorizedBy: 'unknown',
      switch: null,
    });
  });
});

describe('undoing by hand', () => {
  it('clears at the first node that answers, in the body that is pinned, and names no password', () => {
    const nodes = ['https://a.test:9060', 'https://b.test'];
    const pinned = pointAt({ nodes, folder: '/etc/lazaret', caFile: '/etc/lazaret/ca.pem' });
    pinned.ers.nodes[1]!.body = 'anc-endpoint';
    const [clear, look] = undoCommands(pinned, mri, 'Lazaret-Imaging');
    expect(clear).toContain(`{"name":"macAddress","value":"08:00:06:10:00:11"}`);
    expect(clear).toContain(` || `);
    expect(clear).toContain(`{"ErsAncEndpoint":{"macAddress":"08:00:06:10:00:11","policyName":"Lazaret-Imaging"}}`);
    expect(clear).toContain(`--cacert '/etc/lazaret/ca.pem'`);
    expect(look).toContain('filter=macAddress.EQ.08%3A00%3A06%3A10%3A00%3A11');
  });
});

describe('the pause before pxGrid is tried again', () => {
  it('grows, is different for each client, and is a minute for an account that waits', () => {
    expect(backOffMs(1, 1)).toBe(1000);
    expect(backOffMs(50, 1)).toBe(30_000);
    expect(backOffMs(4, 0)).toBe(50);
    expect(PENDING_MS).toBeGreaterThanOrEqual(60_000);
  });
});
