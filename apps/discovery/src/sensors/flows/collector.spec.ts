import { Counters, createLogger } from '#observability';
import type { Flow } from '../flow.js';
import { aV5Datagram, aV9Datagram, dataSet, templateSet } from '../netflow/datagram.fixture.js';
import { netflowSensor } from '../netflow/netflow.sensor.js';
import { SensorHealth } from '../sensor-health.js';
import { SequenceTracker } from './sequence.js';
import { TemplateStore } from './template-store.js';

const NOW = 1_700_000_000_500;
const ROUTER = { address: '10.9.0.1', port: 2055 };
const PAIR = [
  [8, 4],
  [12, 4],
] as const;

function newBench() {
  const flows: Flow[] = [];
  const counters = new Counters();
  const health = new SensorHealth({ id: 'router-1', kind: 'netflow', trustDomain: 'core', authenticatedBy: null }, []);
  const sequences = new SequenceTracker();
  const templates = new TemplateStore();
  let wakes = 0;
  const sensor = netflowSensor({
    listen: { host: '127.0.0.1', port: 2055 },
    exporters: [ROUTER.address],
    pointId: null,
    interfaces: {},
    showsAnswers: true,
    templates,
    sequences,
    health,
    counters,
    logger: createLogger('test'),
    heard: (flow) => flows.push(flow),
    templatesChanged: () => (wakes += 1),
  });
  return {
    sensor,
    flows,
    counters,
    sequences,
    templates,
    report: () => health.report(NOW, 'north').data,
    wakes: () => wakes,
  };
}

const record = {
  source: [10, 10, 0, 11],
  destination: [10, 20, 0, 10],
  input: 1,
  output: 2,
  packets: 1,
  octets: 60,
  first: 1,
  last: 2,
};
const aSyn = (sequence: number): Uint8Array =>
  aV5Datagram([{ ...record, sourcePort: 40_001, destinationPort: 104, flags: 0x02, protocol: 6 }], { sequence });

describe('a flow collector', () => {
  it('hears its exporters, and tells what their records mean', () => {
    const bench = newBench();
    bench.sensor.receive(aSyn(1), ROUTER, NOW);
    expect(bench.flows).toMatchObject([
      { kind: 'opening', pointId: 'router-1', ingressPort: null, sourceAddress: '10.10.0.11', receivedAt: NOW },
      { kind: 'volume', frames: 1, octets: 60 },
    ]);
    expect(bench.report()).toMatchObject({ kind: 'netflow', covers: [], authenticated: false, lost: 0, problems: [] });
  });

  it('brings times that the exporter can’t mean within ten minutes of ours, and names its clock', () => {
    const bench = newBench();
    bench.sensor.receive(aSyn(1), ROUTER, NOW + 3_600_000);
    expect(bench.flows[0]?.end).toBe(NOW + 3_000_000);
    expect(bench.report().problems).toContain('clock-off');
  });

  it('counts what never came, and what it waits for', () => {
    const bench = newBench();
    bench.sensor.receive(aSyn(1), ROUTER, NOW);
    bench.sensor.receive(aSyn(12), ROUTER, NOW);
    const unknown = aV9Datagram([dataSet(300, [10, 0, 0, 1, 10, 0, 0, 2])]);
    bench.sensor.receive(unknown, { ...ROUTER, port: 9 }, NOW);
    expect(bench.report()).toMatchObject({ lost: 10, problems: ['records-lost', 'templates-missing'] });
    bench.sensor.receive(aV9Datagram([templateSet(300, PAIR)], { sequence: 2 }), { ...ROUTER, port: 9 }, NOW);
    expect(bench.report().problems).toEqual(['records-lost']);
    expect(bench.counters.snapshot()).toMatchObject({ 'netflow.set.waiting': 1, 'netflow.set.read-late': 1 });
    expect(bench.wakes()).toBe(1);
  });

  it('takes nothing of a million others, counts them, and keeps nothing of them', () => {
    const bench = newBench();
    const datagram = aSyn(1);
    for (let forged = 0; forged < 1_000_000; forged += 1) {
      const address = `10.${forged >> 16}.${(forged >> 8) & 0xff}.${forged & 0xff}`;
      if (address !== ROUTER.address) bench.sensor.receive(datagram, { address, port: forged & 0xffff }, NOW);
    }
    expect(bench.flows).toEqual([]);
    expect(bench.counters.snapshot()).toEqual({ 'netflow.refused:undeclared-exporter': 999_999 });
    expect(bench.sequences.size).toBe(0);
    expect(bench.templates.takeChanges()).toEqual([]);
  });
});
