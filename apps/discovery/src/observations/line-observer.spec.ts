import type { AlertRaised, Attempt, NameLookUp, Observation } from '#events';
import { Counters } from '#observability';
import { DeviceRegister } from '../devices/device-register.js';
import { InsideNetworks } from '../inside.js';
import { FLOW_KINDS, type Flow } from '../sensors/flow.js';
import type { AlertFact, ConnectionFact, LeaseFact, LineFact, NameFact } from '../sensors/follow/line-fact.js';
import { Entrances } from './entrances.js';
import { LineObserver } from './line-observer.js';
import { CT_MAC, MRI_MAC, declared } from './replay.fixture.js';

const T = Date.UTC(2026, 0, 5, 8, 0, 0);
const ZEEK = { id: 'zeek-1', kind: 'zeek', trustDomain: 'tap', authenticatedBy: 'file' };
const WS_MAC = '00:16:3e:30:00:21';
const GATEWAY_MAC = '00:16:3e:00:00:10';
const ENDS = {
  clientAddress: '10.10.0.11',
  clientPort: 50112,
  serverAddress: '10.20.0.10',
  serverPort: 445,
  transport: 'tcp',
  clientMac: null,
} as const;
const connection = (changed: Partial<ConnectionFact> = {}): ConnectionFact => ({
  kind: 'connection',
  ...ENDS,
  outcome: 'silent',
  moved: null,
  at: T,
  ...changed,
});
const lookUp = (changed: Partial<NameFact> = {}): NameFact => ({
  kind: 'name',
  ...ENDS,
  serverAddress: '10.20.0.53',
  serverPort: 53,
  transport: 'udp',
  key: null,
  name: 'fvqcih.net',
  queryType: 'A',
  answer: 'nxdomain',
  at: T,
  ...changed,
});
const flow: Flow = {
  sensorId: 'ovs-1-ipfix',
  pointId: 'ovs-1',
  position: [1],
  kind: FLOW_KINDS.opening,
  direction: 'in',
  ingressPort: 'wl-mri',
  egressPort: null,
  sourceMac: MRI_MAC,
  destinationMac: GATEWAY_MAC,
  etherType: 0x0800,
  sourceAddress: '10.10.0.11',
  destinationAddress: '10.20.0.10',
  protocol: 6,
  sourcePort: 50112,
  destinationPort: 445,
  frames: 1,
  octets: 74,
  sampledOneIn: 1,
  start: T + 3,
  end: T + 3,
  receivedAt: T + 5,
};

class Bench {
  readonly register = new DeviceRegister();
  readonly entrances = new Entrances();
  readonly counters = new Counters();
  readonly told: { deviceId: string; observation: Observation }[] = [];
  readonly observer: LineObserver;
  private index = 0;

  constructor() {
    this.register.declare('mri', declared('MRI', MRI_MAC, '10.10.0.11'), 0);
    this.register.declare('ct', declared('CT', CT_MAC, '10.10.0.13'), 0);
    this.register.declare('ws', declared('WS', WS_MAC, null), 0);
    this.register.declare('gw', { ...declared('GW', GATEWAY_MAC, '10.10.0.1'), infrastructure: true }, 0);
    this.observer = new LineObserver({
      register: this.register,
      inside: new InsideNetworks(['10.0.0.0/8']),
      entrances: this.entrances,
      sensors: new Map([['zeek-1', { sensor: ZEEK, resolvers: ['10.20.0.53'], dhcpServers: ['10.30.0.1'] }]]),
      siteSuffixes: ['ward.test'],
      counters: this.counters,
      observe: (deviceId, observation) => this.told.push({ deviceId, observation }),
      devicesChanged: () => undefined,
    });
  }

  line(fact: LineFact, receivedAt = T + 5000): void {
    this.index += 1;
    const observationId = this.index.toString(16).padStart(32, '0');
    this.observer.heard('zeek-1', { fact, observationId, receivedAt });
  }

  get attempts(): Attempt[] {
    return this.told.flatMap(({ observation }) => (observation.kind === 'attempt' ? [observation] : []));
  }

  names(now = T + 60_000): NameLookUp[] {
    this.observer.tick(now);
    return this.told.flatMap(({ observation }) => (observation.kind === 'name' ? [observation] : []));
  }
}

let bench: Bench;
beforeEach(() => (bench = new Bench()));

describe('a connection that a line tells of', () => {
  it('is an attempt of whoever has the address, and claimed', () => {
    bench.line(connection());
    expect(bench.told[0]?.deviceId).toBe('mri');
    expect(bench.attempts).toEqual([
      {
        observationId: `${'0'.repeat(31)}1`,
        kind: 'attempt',
        sensorId: 'zeek-1',
        trustDomain: 'tap',
        authenticated: true,
        binding: 'claimed',
        at: '2026-01-05T08:00:00.000Z',
        receivedAt: '2026-01-05T08:00:05.000Z',
        localAddress: '10.10.0.11',
        localPort: 50112,
        peerAddress: '10.20.0.10',
        peerDeviceId: null,
        peerInside: true,
        transport: 'tcp',
        port: 445,
        outcome: 'silent',
      },
    ]);
  });

  it('is bound by the flow record of its five-tuple at its time, and contradicted by one from another port', () => {
    bench.entrances.record(flow, { kind: 'bound', deviceId: 'mri' });
    bench.line(connection());
    bench.line(connection({ at: T + 60_000 }));
    bench.line(connection({ clientPort: 50113 }));
    const other = { claimedMac: MRI_MAC, occupantId: 'ct', pointId: 'ovs-1', port: 'wl-ct' };
    bench.entrances.record({ ...flow, sourcePort: 9 }, { kind: 'contradicted', deviceId: 'mri', ...other });
    bench.line(connection({ clientPort: 9 }));
    expect(bench.attempts.map(({ binding }) => binding)).toEqual(['bound', 'claimed', 'claimed', 'contradicted']);
  });

  it('that was answered tells what it moved, too, by an id of its own', () => {
    bench.line(connection({ outcome: 'answered', moved: { sent: 512, received: 9000 } }));
    bench.line(connection({ outcome: 'answered' }));
    const flows = bench.told.flatMap(({ observation }) => (observation.kind === 'flow' ? [observation] : []));
    expect(flows).toMatchObject([{ bytesSent: 512, bytesReceived: 9000, peerName: null, port: 445 }]);
    expect(new Set(bench.told.map(({ observation }) => observation.observationId)).size).toBe(3);
  });

  it('with a MAC is of that MAC’s device, which binds nothing, and a router’s MAC says nothing', () => {
    bench.line(connection({ clientAddress: '10.30.0.77', clientMac: WS_MAC }));
    bench.line(connection({ clientMac: GATEWAY_MAC }));
    expect(bench.told.map(({ deviceId }) => deviceId)).toEqual(['ws', 'mri']);
    expect(bench.attempts.map(({ binding }) => binding)).toEqual(['claimed', 'claimed']);
  });

  it('with one device’s MAC and another’s address is nobody’s', () => {
    bench.line(connection({ clientMac: CT_MAC }));
    expect(bench.told).toEqual([]);
    expect(bench.counters.snapshot()).toMatchObject({ 'line.left-out:connection:unknown-client': 1 });
  });

  it('of before its address was the device’s is not that device’s', () => {
    bench.register.lease(WS_MAC, '10.30.0.20', T, 'dns-1-leases');
    bench.line(connection({ clientAddress: '10.30.0.20', at: T - 1 }));
    bench.line(connection({ clientAddress: '10.30.0.20', at: T + 1 }));
    expect(bench.told.map(({ deviceId }) => deviceId)).toEqual(['ws']);
  });
});

describe('a look-up that a line tells of', () => {
  it('is told once, after the flow record has had time to come, and bound by it', () => {
    bench.line(lookUp(), T + 100);
    expect(bench.names(T + 1500)).toEqual([]);
    const record = { ...flow, protocol: 17, destinationAddress: '10.20.0.53', destinationPort: 53 };
    bench.entrances.record(record, { kind: 'bound', deviceId: 'mri' });
    expect(bench.names(T + 2200)).toMatchObject([
      { name: 'fvqcih.net', binding: 'bound', answer: 'nxdomain', peerAddress: '10.20.0.53', resolverWell: true },
    ]);
  });

  it('has its answer out of a line of its own, and is silent without', () => {
    const key = '9223372036854775807/1';
    bench.line(lookUp({ key, answer: null }));
    bench.line(lookUp({ key: '9223372036854775806/1', answer: null, name: 'other.example' }));
    bench.line({ kind: 'answer', key, serverAddress: '10.20.0.99', answer: 'answered', at: T });
    bench.line({ kind: 'answer', key, serverAddress: '10.20.0.53', answer: 'nxdomain', at: T + 20 });
    expect(bench.names().map(({ name, answer }) => [name, answer])).toEqual([
      ['fvqcih.net', 'nxdomain'],
      ['other.example', 'silent'],
    ]);
  });

  it('without an answer is the resolver’s fault while it answers nobody, whatever another resolver does', () => {
    bench.line(lookUp({ answer: 'answered', at: T - 9000, name: 'a.example' }));
    bench.line(lookUp({ answer: 'answered', serverAddress: '10.20.0.99', name: 'b.example' }));
    bench.line(lookUp({ answer: 'silent' }));
    expect(bench.names().find(({ answer }) => answer === 'silent')?.resolverWell).toBe(false);
    bench.line(lookUp({ answer: 'answered', at: T + 3000, name: 'c.example' }));
    bench.line(lookUp({ answer: 'silent', name: 'd.example' }));
    expect(bench.names().find(({ name }) => name === 'd.example')?.resolverWell).toBe(true);
  });

  it('of the site’s own names, or by a resolver for others, is none', () => {
    bench.line(lookUp({ name: 'archive.ward.test' }));
    bench.line(lookUp({ clientAddress: '10.20.0.53' }));
    expect(bench.names()).toEqual([]);
  });
});

describe('a lease on the wire', () => {
  const lease = (changed: Partial<LeaseFact> = {}): LeaseFact => ({
    kind: 'lease',
    mac: WS_MAC,
    address: '10.30.0.20',
    server: '10.30.0.1',
    expiresAt: null,
    at: T,
    ...changed,
  });

  it('of a declared server gives the address to the MAC', () => {
    bench.line(lease());
    expect(bench.register.holderOf('10.30.0.20')?.deviceId).toBe('ws');
  });

  it('of anybody else does not, and none takes an address from a device that has it', () => {
    bench.line(lease({ server: '10.30.0.66' }));
    bench.line(lease({ server: null }));
    expect(bench.register.holderOf('10.30.0.20')).toBeUndefined();
    bench.line(lease({ address: '10.10.0.11' }));
    expect(bench.register.holderOf('10.10.0.11')?.deviceId).toBe('mri');
  });
});

describe('an alert that a line tells of', () => {
  const alert = (changed: Partial<AlertFact> = {}): AlertFact => ({
    kind: 'alert',
    ends: ENDS,
    signature: '1:2',
    words: 'Worm traffic',
    severity: 1,
    flowId: '1374195536821504',
    at: T,
    ...changed,
  });
  const alerts = (): AlertRaised[] => {
    bench.observer.tick(T + 60_000);
    return bench.told.flatMap(({ observation }) => (observation.kind === 'alert' ? [observation] : []));
  };

  it('is about the device that sent the packet, bound by a flow record that comes later', () => {
    bench.line(alert());
    bench.entrances.record(flow, { kind: 'bound', deviceId: 'mri' });
    expect(alerts()).toMatchObject([
      {
        binding: 'bound',
        opener: 'device',
        signature: 'Worm traffic',
        severity: 1,
        peerAddress: '10.20.0.10',
        port: 445,
      },
    ]);
    expect(bench.told.map(({ deviceId }) => deviceId)).toEqual(['mri']);
  });

  it('whose source is outside is about the device that got it, opened by its peer', () => {
    const ends = { ...ENDS, clientAddress: '203.0.113.9', serverAddress: '10.10.0.11' };
    bench.line(alert({ ends }));
    expect(alerts()).toMatchObject([
      { opener: 'peer', localAddress: '10.10.0.11', localPort: 445, peerAddress: '203.0.113.9', peerInside: false },
    ]);
  });

  it('about an unknown host of the site, about no connection, or of no severity is counted and told to nobody', () => {
    bench.line(alert({ ends: { ...ENDS, clientAddress: '10.77.0.9', serverAddress: '10.10.0.11' } }));
    bench.line(alert({ ends: null }));
    bench.line(alert({ severity: null }));
    expect(alerts()).toEqual([]);
    expect(bench.counters.snapshot()).toMatchObject({
      'line.left-out:alert:unknown-ends': 1,
      'line.left-out:alert:no-connection': 1,
      'line.left-out:alert:no-severity': 1,
    });
  });
});
