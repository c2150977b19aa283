import { createSocket } from 'node:dgram';
import { Counters, createLogger } from '#observability';
import type { Flow } from '../flow.js';
import { SequenceTracker } from '../flows/sequence.js';
import { TemplateStore } from '../flows/template-store.js';
import { SensorHealth } from '../sensor-health.js';
import { aFlowSample, aRawHeader, aSegment, anSflowDatagram } from '../sflow/datagram.fixture.js';
import { sflowSensor } from '../sflow/sflow.sensor.js';
import { aV9Datagram, dataSet, templateSet } from './datagram.fixture.js';
import { netflowSensor } from './netflow.sensor.js';

const EXPORTER = '127.0.0.21';
const STRANGER = '127.0.0.22';

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind({ address: '127.0.0.1', port: 0 }, resolve));
  const { port } = socket.address();
  socket.close();
  return port;
}

async function send(from: string, port: number, bytes: Uint8Array): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind({ address: from, port: 0 }, resolve));
  await new Promise<void>((resolve) => socket.send(bytes, port, '127.0.0.1', () => resolve()));
  socket.close();
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 5000; !isSo();) {
    if (Date.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function newBench(kind: 'netflow' | 'sflow') {
  const flows: Flow[] = [];
  const counters = new Counters();
  const health = new SensorHealth({ id: kind, kind, trustDomain: kind, authenticatedBy: 'management-network' }, []);
  const port = await freePort();
  const parts = {
    listen: { host: '127.0.0.1', port },
    exporters: [EXPORTER],
    pointId: null,
    interfaces: {},
    showsAnswers: true,
    sequences: new SequenceTracker(),
    health,
    counters,
    logger: createLogger('test'),
    heard: (flow: Flow) => void flows.push(flow),
  };
  const sensor =
    kind === 'netflow' ? netflowSensor({ ...parts, templates: new TemplateStore() }) : sflowSensor({ ...parts });
  await sensor.start();
  return { sensor, flows, counters, port };
}

it('a NetFlow sensor hears its exporter at its socket, and nobody else', async () => {
  const { sensor, flows, counters, port } = await newBench('netflow');
  const pair = [[8, 4] as const, [12, 4] as const, [2, 4] as const];
  const datagram = aV9Datagram([templateSet(300, pair), dataSet(300, [10, 0, 0, 1, 10, 0, 0, 2, 0, 0, 0, 9])]);
  try {
    await send(STRANGER, port, datagram);
    await send(EXPORTER, port, datagram);
    await until(() => flows.length === 1 && counters.get('netflow.refused:undeclared-exporter') === 1);
    expect(flows[0]).toMatchObject({ sourceAddress: '10.0.0.1', frames: 9, kind: 'volume' });
    expect(() => sensor.checkSocket(Date.now())).not.toThrow();
  } finally {
    sensor.stop();
  }
});

it('an sFlow sensor hears its exporter at its socket, and nobody else', async () => {
  const { sensor, flows, counters, port } = await newBench('sflow');
  const datagram = anSflowDatagram([aFlowSample([aRawHeader(aSegment())])]);
  try {
    await send(STRANGER, port, datagram);
    await send(EXPORTER, port, datagram);
    await until(() => flows.length === 2 && counters.get('sflow.refused:undeclared-exporter') === 1);
    expect(flows.map(({ kind }) => kind)).toEqual(['opening', 'volume']);
  } finally {
    sensor.stop();
  }
});
