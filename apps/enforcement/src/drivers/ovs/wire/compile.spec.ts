import fc from 'fast-check';
import type { PointIsolation } from '#driver';
import { anyIsolation, gateway, mri } from '../testing/isolations.js';
import { compileFlows } from './compile.js';
import { isDeny, textOf } from './flow.js';

const DENIED = 'sample(probability=65535,collector_set_id=1,obs_domain_id=10,obs_point_id=9)';
const PERMITTED = 'sample(probability=1024,collector_set_id=1,obs_domain_id=10,obs_point_id=8)';
const lines = (isolation: PointIsolation): string[] => compileFlows(isolation, 4096).map(textOf);
const only = (flowId: string): PointIsolation => ({
  ...mri,
  permits: mri.permits.filter((permit) => permit.flowId === flowId),
});

describe('compileFlows', () => {
  it('writes an isolation that moves the port with a port on every line', () => {
    const M = 'dl_src=08:00:06:10:00:11';
    const out = `in_port=wl-mri,${M},dl_dst=00:16:3e:00:00:10`;
    const back = 'in_port=wl-r10,dl_src=00:16:3e:00:00:10,dl_dst=08:00:06:10:00:11';
    expect(lines(only('store'))).toEqual([
      `priority=61500,tcp,${back},nw_src=10.20.0.10,nw_dst=10.10.0.11,tp_src=104,tcp_flags=+syn-ack actions=${DENIED}`,
      `priority=61000,arp,in_port=wl-mri,${M},arp_spa=10.10.0.11,arp_tpa=10.10.0.1 actions=output:wl-r10`,
      'priority=61000,arp,in_port=wl-r10,dl_src=00:16:3e:00:00:10,arp_spa=10.10.0.1,arp_tpa=10.10.0.11 actions=output:wl-mri',
      `priority=61000,icmp,${back},nw_dst=10.10.0.11,icmp_type=3,icmp_code=4 actions=output:wl-mri`,
      `priority=61000,tcp,${out},nw_src=10.10.0.11,nw_dst=10.20.0.10,tp_dst=104 actions=${PERMITTED},output:wl-r10`,
      `priority=61000,tcp,${back},nw_src=10.20.0.10,nw_dst=10.10.0.11,tp_src=104 actions=${PERMITTED},output:wl-mri`,
      `priority=60000,dl_dst=08:00:06:10:00:11 actions=${DENIED}`,
      `priority=60000,${M} actions=${DENIED}`,
      `priority=60000,in_port=wl-mri actions=${DENIED}`,
    ]);
  });

  it('writes a filter by MAC, and locks the port only where the device is alone', () => {
    const filter = { ...only('store'), mode: 'filter', quarantineVlan: null } as const;
    expect(lines(filter)).toContain(
      `priority=61000,tcp,dl_src=08:00:06:10:00:11,dl_dst=00:16:3e:00:00:10,nw_src=10.10.0.11,nw_dst=10.20.0.10,tp_dst=104 actions=${PERMITTED},NORMAL`,
    );
    expect(lines(filter)).toContain(`priority=59000,in_port=wl-mri actions=${DENIED}`);
    expect(lines({ ...filter, alone: false }).join('\n')).not.toContain('in_port');
  });

  it('turns the directions of a permit that its peer opens', () => {
    const text = lines(only('commit')).join('\n');
    expect(text).toContain(
      'in_port=wl-r10,dl_src=00:16:3e:00:00:10,dl_dst=08:00:06:10:00:11,nw_src=10.20.0.10,nw_dst=10.10.0.11,tp_dst=11113',
    );
    expect(text).toMatch(/priority=61500,tcp,in_port=wl-mri,.*tp_src=11113,tcp_flags=\+syn-ack/);
  });

  it('gives UDP two lines and no flags', () => {
    const udp = lines(only('dns')).filter((line) => line.includes(',udp,'));
    expect(udp).toHaveLength(2);
    expect(udp.join('')).not.toContain('tcp_flags');
  });

  it('reaches a peer in the same VLAN at its own port, with ARP to it alone', () => {
    const peer = { address: '10.10.0.30', mac: '00:16:3e:10:00:30', port: 'wl-near' };
    const near = { ...only('store') };
    near.permits = [{ ...near.permits[0]!, peerAddress: peer.address, nextHop: peer }];
    const text = lines(near).join('\n');
    expect(text).toContain('arp_spa=10.10.0.11,arp_tpa=10.10.0.30 actions=output:wl-near');
    expect(text).not.toContain(gateway.port);
  });

  it('does not depend on the order of permits, on doubles, on generation or device number', () => {
    fc.assert(
      fc.property(anyIsolation, fc.nat(), (isolation, generation) => {
        const turned = [...isolation.permits, ...isolation.permits].reverse();
        expect(lines({ ...isolation, permits: turned, generation, deviceNumber: 3 })).toEqual(lines(isolation));
      }),
    );
  });

  it('lets nothing out or in but by a permit or ARP to a next hop: every other line denies', () => {
    fc.assert(
      fc.property(anyIsolation, (isolation) => {
        const flows = compileFlows(isolation, 4096);
        const broad = flows.filter(({ match }) => !/^(tcp|udp|arp|icmp),/.test(match));
        expect(broad.every(({ actions, priority }) => isDeny(actions) && priority < 61_000)).toBe(true);
        const denied = broad.map(({ match }) => match);
        expect(denied).toEqual(expect.arrayContaining([`dl_src=${isolation.mac}`, `dl_dst=${isolation.mac}`]));
        if (isolation.mode === 'vlan-bridged') expect(denied).toContain(`in_port=${isolation.port}`);
      }),
    );
  });

  it('refuses more entries than the point takes, and says how many', () => {
    expect(() => compileFlows(mri, 10)).toThrow(
      expect.objectContaining({ code: 'too-many-entries', message: '14 entries, 10 at most' }),
    );
  });

  it.each([
    ['a MAC', { mac: '08-00-06-10-00-11' }],
    ['an address', { address: 'fe80::1' }],
    ['a port', { port: 'wl-mri actions=NORMAL\nadd priority=65535' }],
    ['a reserved port', { port: 'LOCAL' }],
    ['a device number', { deviceNumber: 2 ** 32 }],
    ['a peer', { permits: [{ ...mri.permits[0]!, peerAddress: '10.20.0.10/8' }] }],
    ['a service', { permits: [{ ...mri.permits[0]!, port: 0 }] }],
    ['a next hop', { permits: [{ ...mri.permits[0]!, nextHop: { ...gateway, port: '110,' } }] }],
  ])('refuses %s that would change the meaning of a line', (_, change) => {
    expect(() => compileFlows({ ...mri, ...change }, 4096)).toThrow(
      expect.objectContaining({ code: 'refused', retry: 'permanent' }),
    );
  });
});
