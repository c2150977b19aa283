import type { InventoryDeclared, Observation } from '#events';
import { Counters } from '#observability';
import { ConversationLog, type DueConversations } from '../conversations/conversation-log.js';
import { DeviceRegister } from '../devices/device-register.js';
import type { Port } from '../devices/device.js';
import { InsideNetworks } from '../inside.js';
import { parseQueryLine } from '../sensors/dnsmasq/query-line.js';
import { QueryPairing } from '../sensors/dnsmasq/query-pairing.js';
import { FLOW_KINDS, type Flow, type FlowKind } from '../sensors/flow.js';
import { ExportReader } from '../sensors/flows/export-reader.js';
import { SequenceTracker } from '../sensors/flows/sequence.js';
import { TemplateStore } from '../sensors/flows/template-store.js';
import { decodeMessage } from '../sensors/ipfix/message.js';
import { flowOf } from '../sensors/ipfix/open-vswitch.js';
import { LineSplitter } from '../sensors/line-splitter.js';
import { recording } from '../sensors/recording.fixture.js';
import type { SensorIdentity } from '../sensors/sensor-identity.js';
import { Observer } from './observer.js';

export const MRI_MAC = '08:00:06:10:00:11';
export const CT_MAC = '08:00:06:10:00:13';
export const SWITCH: SensorIdentity = {
  id: 'ovs-1-ipfix',
  kind: 'ipfix',
  trustDomain: 'switch',
  authenticatedBy: 'management-network',
};
export const DNS: SensorIdentity = {
  id: 'dns-1-log',
  kind: 'dnsmasq-log',
  trustDomain: 'dns',
  authenticatedBy: 'file',
};

const PORTS: Record<string, number> = {
  'wl-mri': 10,
  'wl-ct': 10,
  'wl-clone': 10,
  'wl-archive': 20,
  'wl-dns': 20,
  'wl-r10': 10,
  'wl-r20': 20,
};

export function wardPorts(more: Partial<Record<string, Partial<Port>>> = {}): Port[] {
  return Object.entries(PORTS).map(([port, vlan]) => {
    const infrastructure = port.startsWith('wl-r');
    return { pointId: 'ovs-1', port, vlan, linkUp: true, linkResets: 0, infrastructure, ...more[port] };
  });
}

export function declared(asset: string, mac: string, address: string | null): InventoryDeclared['data'] {
  return {
    site: 'north',
    realm: 'default',
    asset,
    name: asset,
    modality: 'MR',
    criticality: 'important',
    ward: 'radiology',
    aeTitles: [],
    infrastructure: false,
    declaredBy: 'admin-1',
    importId: 'i',
    removed: false,
    interfaces: [{ mac, addressing: address === null ? 'dhcp' : 'static', address }],
    flows: [],
  };
}

/** A site with the recorded ward's devices, and an observer whose words are kept. */
export class Bench {
  readonly register = new DeviceRegister();
  readonly conversations: ConversationLog;
  readonly observer: Observer;
  readonly counters = new Counters();
  readonly told: { deviceId: string; observation: Observation }[] = [];
  readonly due: (DueConversations & { at: number })[] = [];
  now = 0;
  private index = 0;

  constructor() {
    const inside = new InsideNetworks(['10.0.0.0/8']);
    this.conversations = new ConversationLog(inside);
    this.register.declare('mri', declared('MRI', MRI_MAC, '10.10.0.11'), 0);
    this.register.declare('ct', declared('CT', CT_MAC, '10.10.0.13'), 0);
    this.register.declare('archive', declared('ARCHIVE', '00:16:3e:20:00:10', '10.20.0.10'), 0);
    this.register.lookAtPorts('ovs-1', wardPorts(), 0);
    this.observer = new Observer({
      register: this.register,
      conversations: this.conversations,
      inside,
      sensors: new Map([[SWITCH.id, SWITCH]]),
      resolvers: new Map([[DNS.id, { sensor: DNS, resolver: '10.20.0.53' }]]),
      siteSuffixes: ['ward.test'],
      counters: this.counters,
      observe: (deviceId, observation) => this.told.push({ deviceId, observation }),
      conversationsDue: () => this.take(this.conversations.urgent(this.register)),
    });
  }

  /** One flow record, by default of a SYN from the MRI at its own port. */
  flow(kind: FlowKind, facts: Partial<Flow> = {}): void {
    this.index += 1;
    this.observer.flow({
      sensorId: SWITCH.id,
      pointId: 'ovs-1',
      position: ['bench', this.index],
      kind,
      direction: 'in',
      ingressPort: 'wl-mri',
      egressPort: null,
      sourceMac: MRI_MAC,
      destinationMac: '00:16:3e:00:00:10',
      etherType: 0x0800,
      sourceAddress: '10.10.0.11',
      destinationAddress: '10.10.0.47',
      protocol: kind === FLOW_KINDS.lookUp ? 17 : 6,
      sourcePort: 50_000,
      destinationPort: 445,
      frames: 1,
      octets: 74,
      sampledOneIn: 1,
      start: this.now,
      end: this.now,
      receivedAt: this.now,
      ...facts,
    });
  }

  tick(now: number): void {
    this.now = now;
    this.observer.tick(now);
    this.take(this.conversations.due(now, this.register));
  }

  of(deviceId: string): Observation[] {
    return this.told.filter((one) => one.deviceId === deviceId).map(({ observation }) => observation);
  }

  private take(due: DueConversations[]): void {
    this.due.push(...due.map((one) => ({ ...one, at: this.now })));
  }
}

/** The recorded ward, told to a bench in the order and at the times of then. */
export function replay(): Bench {
  const bench = new Bench();
  const reader = new ExportReader({
    decoders: { 10: decodeMessage },
    templatesOf: (address) => address,
    templates: new TemplateStore(),
    sequences: new SequenceTracker(),
  });
  const pairing = new QueryPairing();
  const lines = new LineSplitter(0);
  for (const { by, bytes, receivedAt, exporterPort } of recording()) {
    for (let now = Math.max(bench.now + 10, receivedAt - 3000); now < receivedAt; now += 10) bench.tick(now);
    bench.now = receivedAt;
    if (by === 'dnsmasq') {
      for (const { text, offset } of lines.push(bytes)) {
        const event = pairing.take(parseQueryLine(text), ['log', offset], receivedAt, receivedAt);
        if (event) bench.observer.lookUp(DNS.id, event);
      }
      continue;
    }
    const heard = reader.read(bytes, { address: '10.99.0.2', port: exporterPort }, receivedAt);
    if (heard.refusals[0]) throw new Error(heard.refusals[0]);
    for (const record of heard.records) {
      const flow = flowOf(record, SWITCH.id, 'ovs-1');
      if (flow) bench.observer.flow(flow);
    }
  }
  for (let end = bench.now + 3000; bench.now < end;) bench.tick(bench.now + 10);
  return bench;
}
