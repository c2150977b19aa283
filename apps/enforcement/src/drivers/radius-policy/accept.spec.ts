import { scanner } from '../syntax/testing/isolations.js';
import { acceptOf, compileAccept } from './accept.js';
import { radiusPolicyPointSchema, type RadiusPolicyPoint } from './config.js';
import { radiusPolicyProfile } from './profile.js';
import { answerBody } from './wire/answer.js';

const moved = { ...scanner, mode: 'vlan-bridged', quarantineVlan: 66 } as const;
const VLAN = ['Tunnel-Type = VLAN', 'Tunnel-Medium-Type = IEEE-802', 'Tunnel-Private-Group-Id = 66'];

function pointWith(attributes: object, more: object = {}): RadiusPolicyPoint {
  return radiusPolicyPointSchema.parse({
    kind: 'radius-policy',
    id: 'radius-policy-1',
    listen: { host: '127.0.0.1', port: 9810 },
    tokenFile: '/t',
    snapshotFile: '/s',
    quarantineVlan: 66,
    modes: ['vlan-bridged'],
    attributes,
    ...more,
  });
}

describe('an Access-Accept', () => {
  it.each([
    [
      'nas-filter-rule',
      'NAS-Filter-Rule = permit in 6 from any to 10.20.0.10 104',
      'NAS-Filter-Rule = deny in ip from any to any',
    ],
    ['hpe', 'HP-Nas-Rules-IPv6 = 1', 'NAS-Filter-Rule = deny in ip from any to any'],
    [
      'aruba',
      'Aruba-NAS-Filter-Rule = permit in tcp from any to 10.20.0.10 104',
      'Aruba-NAS-Filter-Rule = deny in ip from any to any',
    ],
    [
      'cisco',
      'Cisco-AVPair = ip:inacl#20=permit tcp any host 10.20.0.10 eq 104',
      'Cisco-AVPair = ipv6:inacl#110=deny ipv6 any any',
    ],
    [
      'juniper',
      'Juniper-Switching-Filter = Match Ip-protocol 6, Destination-ip 10.20.0.10, Destination-port 104 Action allow',
      'Juniper-Switching-Filter = Match Destination-ip 0.0.0.0/0 Action deny',
    ],
  ])('in the style %s has the VLAN, the permits, and the deny last', (permits, one, last) => {
    const { entries } = compileAccept(pointWith({ permits }), moved);
    expect(entries.slice(0, 3)).toEqual(VLAN);
    expect(entries).toContain(one);
    expect(entries.at(-1)).toBe(last);
  });

  it('F14 with a named filter has its name, and says what that keeps closed', () => {
    const policies = [
      {
        name: 'images',
        mode: 'vlan-bridged',
        quarantineVlan: 66,
        permits: [{ peerAddress: '10.20.0.10', transport: 'tcp', port: 104, opener: 'device' }],
      },
    ];
    const named = compileAccept(pointWith({ permits: 'filter-id' }, { policies }), moved);
    expect(named.entries).toEqual([...VLAN, 'Filter-Id = images']);
    expect(named.cut).toEqual(['commitment', 'worklist', 'names', 'audit']);
    expect(compileAccept(pointWith({ permits: 'none' }, { policies }), moved)).toMatchObject({
      entries: VLAN,
      cut: named.cut,
    });
  });

  it('has one label for the same words, and another for others', () => {
    const point = pointWith({ permits: 'nas-filter-rule' });
    const { policy } = compileAccept(point, moved);
    expect(policy).toMatch(/^lazaret\/[0-9a-f]{12}$/);
    expect(compileAccept(point, { ...moved, generation: 9, deviceNumber: 9 }).policy).toBe(policy);
    expect(compileAccept(point, { ...moved, permits: moved.permits.slice(1) }).policy).not.toBe(policy);
  });

  it('is answered as FreeRADIUS reads it, every value as it stands', () => {
    const { attributes } = acceptOf(pointWith({ permits: 'aruba' }), moved);
    const body = JSON.parse(answerBody('lazaret/0123456789ab', attributes)) as Record<
      string,
      { op: string; value: unknown[] }
    >;
    expect(body['control:Tmp-String-9']).toEqual({ op: ':=', do_xlat: false, value: ['lazaret isolates'] });
    expect(body['control:Aruba-NAS-Filter-Rule']?.op).toBe('+=');
    expect(body['control:Aruba-NAS-Filter-Rule']?.value).toHaveLength(6);
  });
});

describe('the profile', () => {
  it('F35 says both directions only where the configuration says that the switches do it', () => {
    const of = (attributes: object): unknown => radiusPolicyProfile(pointWith(attributes));
    expect(of({ permits: 'nas-filter-rule', direction: 'both' })).toMatchObject({
      direction: 'both',
      covers: 'all',
      confirmed: false,
    });
    expect(of({ permits: 'nas-filter-rule' })).toMatchObject({ direction: 'from-device' });
    expect(of({ permits: 'juniper' })).toMatchObject({ direction: 'from-device', covers: 'ipv4' });
  });
});
