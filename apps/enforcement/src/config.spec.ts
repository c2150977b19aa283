import { readFileSync } from 'node:fs';
import { parseConfig, type ConfigProblem } from '#config';
import { enforcementSchema } from './config.js';
import { testPorts } from './drill/test-port.js';

const good = `
points:
  - kind: ovs
    id: ovs-1
    ovsdb: tcp:10.99.0.2:6640
    openflow: tcp:10.99.0.2:6653
    bridge: wl-br0
    quarantineVlan: 66
    vlans:
      - { vlan: 10, subnet: 10.10.0.0/24, gateway: { address: 10.10.0.1, mac: '00:16:3e:00:00:10', port: wl-r10 } }
interlocks: { isolationsAnHour: 20 }
undoDirectory: /var/lib/lazaret/undo
`;

function problemsOf(text: string): string[] {
  const problems: ConfigProblem[] = [];
  parseConfig(enforcementSchema, text, problems);
  return problems.map((one) => `${one.path}: ${one.message}`);
}

describe('the configuration of enforcement', () => {
  it('takes points with their driver, and has no protected MACs unless named', () => {
    const problems: ConfigProblem[] = [];
    const config = parseConfig(enforcementSchema, good, problems);
    expect(problems).toEqual([]);
    expect(config?.interlocks).toEqual({ protectedMacs: [], infrastructureMacs: [], isolationsAnHour: 20 });
  });

  it.each([
    ['a limit is missing', good.replace('isolationsAnHour: 20', ''), 'isolationsAnHour'],
    ['a key is unknown', `${good}dryRun: true\n`, 'dryRun'],
    ['a MAC is no MAC', good.replace('isolationsAnHour: 20', 'isolationsAnHour: 20, protectedMacs: [mri]'), 'MAC'],
    ['a driver is unknown', good.replace('kind: ovs', 'kind: magic'), 'points.0.kind'],
    ['nothing says where undo sheets go', good.replace(/undoDirectory.*/, ''), 'undoDirectory'],
  ])('says by name that %s', (_, text, name) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(name);
  });

  it('takes test ports of its own points, on the switch itself unless another is named', () => {
    const drills = `drills: [{ point: ovs-1, port: wl-spare, mac: '08:00:06:10:00:99', address: 10.10.0.99,
      probe: { address: 10.20.0.10 } }]`;
    const problems: ConfigProblem[] = [];
    const config = parseConfig(enforcementSchema, `${good}${drills}\n`, problems);
    expect(problems).toEqual([]);
    expect(testPorts(config?.drills ?? [])).toMatchObject([
      { switch: 'ovs-1', address6: null, probe: { agent: null }, ports: { permitted: 50_104, other: 50_445 } },
    ]);
    expect(problemsOf(`${good}${drills.replace('ovs-1', 'ovs-2')}\n`)).toEqual([
      'drills.0.point: no point has this id',
    ]);
    expect(problemsOf(`${good}${drills.replace('10.20.0.10', '10.20.0.10, agent: /run/x')}\n`)).toHaveLength(1);
  });

  it('takes the test port that docs/drill.md shows', () => {
    const [, shown = ''] = /```yaml\n([^]*?)```/.exec(readFileSync('docs/drill.md', 'utf8')) ?? [];
    const problems: ConfigProblem[] = [];
    const config = parseConfig(enforcementSchema, `${good.replace('id: ovs-1', 'id: sw-7')}${shown}`, problems);
    expect(problems).toEqual([]);
    expect(config?.drills).toMatchObject([{ port: 'gi1/0/47', probe: { agent: 'unix:/run/lazaret/probe.sock' } }]);
  });

  it('refuses two points of one name', () => {
    const point = good.slice(good.indexOf('  - kind'), good.indexOf('interlocks'));
    expect(problemsOf(good.replace('interlocks', `${point}interlocks`))).toEqual([
      'points.1.id: this id is used twice',
    ]);
  });
});
