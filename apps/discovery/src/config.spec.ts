import { parseConfig, type ConfigProblem } from '#config';
import { configSchema } from './config.js';

const good = `
site: north
insideNetworks: [10.0.0.0/8]
siteSuffixes: [ward.test]
sensors:
  - {kind: ipfix, id: ovs-1-ipfix, trustDomain: switch, point: ovs-1, listen: {host: 10.99.0.1, port: 4739}, exporters: [10.99.0.2], authenticatedBy: management-network}
  - {kind: dnsmasq-log, id: dns-1-log, trustDomain: dns, file: /var/log/dns, resolver: 10.20.0.53, authenticatedBy: file}
  - {kind: dnsmasq-leases, id: dns-1-leases, trustDomain: dns, file: /var/lib/leases}
  - {kind: ovs, id: ovs-1-ovsdb, trustDomain: switch, point: ovs-1, ovsdb: 'tcp:10.99.0.2:6640', unixctl: /run/ovs.ctl, bridge: wl-br0, infrastructurePorts: [wl-r10]}
`;

function problems(text: string): string[] {
  const found: ConfigProblem[] = [];
  parseConfig(configSchema, text, found);
  return found.map(({ path, message }) => `${path}: ${message}`);
}

describe('the configuration of discovery', () => {
  it('is taken when nothing is wrong', () => {
    expect(problems(good)).toEqual([]);
  });

  it.each([
    [
      'an unknown key',
      good.replace('realm', 'relm').replace('site: north', 'site: north\nrelm: x'),
      /Unrecognized key/,
    ],
    ['a listener on all addresses', good.replace('host: 10.99.0.1', 'host: 0.0.0.0'), /sensors\.0\.listen\.host: .*/],
    ['a sensor id used twice', good.replace('dns-1-leases', 'dns-1-log'), /two sensors have the id dns-1-log/],
    [
      'flows of a point whose ports nobody tells',
      good.replace('point: ovs-1, ovsdb', 'point: ovs-2, ovsdb'),
      /sensors\.0\.point/,
    ],
    ['a network that is none', good.replace('10.0.0.0/8', '10.0.0.0'), /insideNetworks\.0/],
    ['an unknown kind of sensor', good.replace('kind: dnsmasq-leases', 'kind: leases'), /sensors\.2\.kind/],
  ])('is refused for %s, by name', (_, text, problem) => {
    expect(problems(text).join('\n')).toMatch(problem);
  });
});
