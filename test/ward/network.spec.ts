import { layoutOf } from './layout.js';
import { GATEWAYS, HOSTS, SPARE, linkLocalOf, type HostOnSwitch } from './network.js';
import { quote } from './services/commands.js';
import { SITE } from './site/site.js';
import { topologyScript } from './topology.js';

const hosts: HostOnSwitch[] = Object.values(HOSTS);

describe("the ward's network", () => {
  it('gives no port, port number, MAC or address twice', () => {
    const ports = [...hosts, ...GATEWAYS, SPARE];
    expect(new Set(ports.map(({ port }) => port)).size).toBe(ports.length);
    expect(new Set(ports.map(({ ofport }) => ofport)).size).toBe(ports.length);
    const macs = [...hosts, ...GATEWAYS].map(({ mac }) => mac);
    expect(new Set(macs).size).toBe(macs.length);
  });

  it('knows link-local addresses as the kernel makes them', () => {
    expect(linkLocalOf(HOSTS.ct.mac)).toBe('fe80::a00:6ff:fe10:13');
  });

  it('is built by a script that has every port with its tag and number', () => {
    const script = topologyScript(layoutOf('/tmp/w'), {
      commitment: ['node', 'a b'],
      internet: ['node'],
      dhcpClient: ['node'],
    });
    for (const { port, vlan, ofport } of [...hosts, ...GATEWAYS, SPARE])
      expect(script).toContain(`add-port wl-br0 ${port} tag=${vlan} -- set interface ${port} ofport_request=${ofport}`);
    expect(script).toContain(`node 'a b'`);
  });

  it('refuses a directory whose sockets would have no address', () => {
    expect(() => layoutOf(`/${'x'.repeat(100)}`)).toThrow(/too long/);
  });

  it('quotes what a shell would take apart', () => {
    expect(quote(`it's`)).toBe(`'it'\\''s'`);
  });
});

describe('the site', () => {
  it('declares each host and gateway with its MAC, and peers that exist', () => {
    const macs = SITE.assets.flatMap((asset) => asset.macs);
    expect([...macs].sort()).toEqual([...hosts, ...GATEWAYS].map(({ mac }) => mac).sort());
    const names = new Set(SITE.assets.map(({ asset }) => asset));
    for (const asset of SITE.assets) for (const flow of asset.flows) expect(names).toContain(flow.peerAsset);
  });
});
