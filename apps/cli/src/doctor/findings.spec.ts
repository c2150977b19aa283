import { judge, type Facts } from './findings.js';

const well: Facts = {
  root: true,
  node: '20.20.2',
  java: 17,
  programs: { java: true, mvn: true, 'ovs-vsctl': true },
  takenPorts: [],
  rpFilter: { all: 0, mgmt0: 1 },
  managementInterface: 'mgmt0',
};

describe('doctor', () => {
  it('finds nothing wrong with a machine that has all', () => {
    expect(judge(well).filter((finding) => finding.state !== 'ok')).toEqual([]);
  });

  it.each<[string, Partial<Facts>, string]>([
    ['an old Java', { java: 11 }, 'openjdk-17'],
    ['no Java', { java: undefined }, 'openjdk-17'],
    ['an old Node', { node: '20.9.0' }, '20.19'],
    ['a missing package', { programs: { 'ovs-vsctl': false } }, 'openvswitch-switch'],
    ['a taken port', { takenPorts: [9092] }, 'sport = :9092'],
    ['loose filtering, which wins over strict', { rpFilter: { all: 2, mgmt0: 1 } }, 'rp_filter=1'],
    ['an unprivileged user', { root: false }, 'sudo'],
  ])('says what to do about %s', (_, change, cure) => {
    const found = judge({ ...well, ...change }).filter((finding) => finding.state !== 'ok');
    expect(found).toHaveLength(1);
    expect(found[0]?.cure).toContain(cure);
  });
});
