import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { PointIsolation } from '#driver';
import {
  FaultProxy,
  type EntryFixture,
  type Faults,
  type Hands,
  type JournalEntry,
  type PointObserver,
  type ProbeFrame,
} from '#driver/conformance';
import { ovsPointSchema, type OvsPoint } from '../config.js';
import { OvsDriver } from '../ovs.driver.js';
import { encodeCookie, hex, ofDevice } from '../wire/cookie.js';
import { arpFrame, ipv6Frame, tcpFrame, udpFrame, type Ends } from './frames.js';
import { PrivateSwitch } from './private-switch.client.js';

const BRIDGE = 'lzd-br0';
const GATEWAY = { address: '10.10.0.1', mac: '00:16:3e:00:00:10', port: 'lzd-r10' };
const DEVICE = { mac: '08:00:06:10:00:11', address: '10.10.0.11', port: 'lzd-mri' };
const NEIGHBOUR = { mac: '08:00:06:10:00:12', address: '10.10.0.12', port: 'lzd-ct' };
const ARCHIVE = '10.20.0.10';
const OUTSIDE = '203.0.113.10';
const PORTS = [
  { name: DEVICE.port, tag: 10, ofport: 1 },
  { name: NEIGHBOUR.port, tag: 10, ofport: 2 },
  { name: GATEWAY.port, tag: 10, ofport: 110 },
  { name: 'lzd-r66', tag: 66, ofport: 166 },
];

export const subject: PointIsolation = {
  deviceNumber: 7,
  quarantineId: '01932b1c-0000-7000-8000-000000000007',
  generation: 1,
  mac: DEVICE.mac,
  address: DEVICE.address,
  switch: 'ovs-1',
  port: DEVICE.port,
  mode: 'vlan-bridged',
  quarantineVlan: 66,
  homeVlan: 10,
  alone: true,
  permits: [
    { flowId: 'store', peerAddress: ARCHIVE, transport: 'tcp', port: 104, opener: 'device', nextHop: GATEWAY },
    { flowId: 'call-back', peerAddress: ARCHIVE, transport: 'tcp', port: 11113, opener: 'peer', nextHop: GATEWAY },
    { flowId: 'dns', peerAddress: '10.20.0.53', transport: 'udp', port: 53, opener: 'device', nextHop: GATEWAY },
  ],
};

export const sibling: PointIsolation = {
  ...subject,
  deviceNumber: 0xffff_fff0,
  quarantineId: '01932b1c-0000-7000-8000-000000000008',
  mac: NEIGHBOUR.mac,
  address: NEIGHBOUR.address,
  port: NEIGHBOUR.port,
};

/** A private Open vSwitch behind two proxies: OVSDB and OpenFlow. */
export class OvsFixture implements EntryFixture, Hands, Faults {
  static async start(): Promise<OvsFixture> {
    const real = await PrivateSwitch.start(BRIDGE, PORTS);
    const ovsdb = await FaultProxy.listen({ path: real.databaseSocket }, (chunk) => chunk.includes('"op":"update"'));
    const openflow = await FaultProxy.listen({ path: real.openflowSocket }, holdsCommit);
    const fixture = new OvsFixture(real, ovsdb, openflow);
    await fixture.observer.begin();
    return fixture;
  }

  readonly subject = subject;
  readonly sibling = sibling;
  readonly observer: OvsObserver;
  readonly hands = this;
  readonly faults = this;
  readonly secrets = [];
  readonly point: OvsPoint;
  private readonly drivers: OvsDriver[] = [];
  private frames = 0;

  private constructor(
    readonly real: PrivateSwitch,
    private readonly ovsdb: FaultProxy,
    private readonly openflow: FaultProxy,
  ) {
    this.observer = new OvsObserver(real);
    this.point = ovsPointSchema.parse({
      kind: 'ovs',
      id: 'ovs-1',
      ovsdb: `tcp:${ovsdb.address}`,
      openflow: `tcp:${openflow.address}`,
      bridge: BRIDGE,
      quarantineVlan: 66,
      vlans: [{ vlan: 10, subnet: '10.10.0.0/24', gateway: GATEWAY }],
      timeoutMs: 1000,
    });
  }

  newDriver(): OvsDriver {
    const driver = new OvsDriver(this.point);
    this.drivers.push(driver);
    return driver;
  }

  async stop(): Promise<void> {
    await Promise.all(this.drivers.map((driver) => driver.close()));
    await Promise.all([this.ovsdb.refuse(), this.openflow.refuse()]);
    await this.real.stop();
  }

  async setVlan(port: string, vlan: number): Promise<void> {
    await this.real.vsctl('set', 'port', port, `tag=${vlan}`);
  }

  async removeEntries(deviceNumber: number): Promise<void> {
    await this.real.ofctl('del-flows', `cookie=${ofDevice(deviceNumber)}`);
  }

  async run(commands: readonly string[]): Promise<void> {
    for (const command of commands) await promisify(execFile)('/bin/sh', ['-c', command]);
  }

  async restartPoint(): Promise<void> {
    await this.real.restart();
  }

  async cut(): Promise<void> {
    await Promise.all([this.ovsdb.refuse(), this.openflow.refuse()]);
  }

  async heal(): Promise<void> {
    await Promise.all([this.ovsdb.accept(), this.openflow.accept()]);
  }

  loseAnswer(to: 'entries' | 'vlan'): void {
    (to === 'entries' ? this.openflow : this.ovsdb).loseAnswer();
  }

  async refuseEntries(): Promise<void> {
    const table = ['--id=@t', 'create', 'Flow_Table', 'flow_limit=3', 'overflow_policy=refuse'];
    await this.real.vsctl('--', ...table, '--', 'set', 'bridge', BRIDGE, 'flow_tables:0=@t');
  }

  async probe(frame: ProbeFrame): Promise<boolean> {
    const marker = `probe-${(this.frames += 1)}-`;
    const at = (who: ProbeFrame['from'] | ProbeFrame['to']): string =>
      who === 'device' ? DEVICE.port : who === 'neighbour' ? NEIGHBOUR.port : GATEWAY.port;
    await this.real.receive(at(frame.from), frameOf(frame, marker));
    for (let i = 0; i < 15; i++) {
      if (await this.real.sent(at(frame.to), marker)) return true;
      await sleep(10);
    }
    return false;
  }
}

class OvsObserver implements PointObserver {
  private readonly entries: JournalEntry[] = [];

  constructor(private readonly real: PrivateSwitch) {}

  /** Follows the switch by its own tools. Both say first what is there. */
  async begin(): Promise<void> {
    const columns = 'name,tag,protected,external_ids';
    const database = ['monitor', `unix:${this.real.databaseSocket}`, 'Open_vSwitch', 'Port', columns, '--format=csv'];
    let ready = 0;
    this.real.follow('ovsdb-client', [...database], (line) => {
      const [, action, name, tag] = /^[^,]*,(new|initial|old|insert|delete),("?)([^,"]*)\2,([^,]*)/.exec(line)
        ? line.split(',')
        : [];
      if (action === 'initial') ready |= 1;
      if (action === 'new')
        this.entries.push({ kind: 'port', port: name ?? '', vlan: tag === '[]' ? null : Number(tag) });
    });
    const flows = ['-O', 'OpenFlow14', 'monitor', `unix:${this.real.openflowSocket}`, 'watch:'];
    this.real.follow('ovs-ofctl', flows, (line) => {
      const change = / event=(ADDED|MODIFIED|DELETED) .*cookie=0x4c5a/.exec(line)?.[1]?.toLowerCase();
      if (/ event=ADDED /.test(line)) ready |= 2;
      if (change) this.entries.push({ kind: 'entry', change: change as 'added' | 'modified' | 'deleted' });
      if (line.startsWith('OFPST_FLOW_MONITOR')) ready |= 2;
    });
    for (let i = 0; i < 200 && ready !== 3; i++) await sleep(10);
    if (ready !== 3) throw new Error('the observers did not start');
  }

  async vlanOf(port: string): Promise<number | null> {
    const tag = (await this.real.vsctl('get', 'port', port, 'tag')).trim();
    return tag === '[]' ? null : Number(tag);
  }

  async entriesOf(deviceNumber: number): Promise<number> {
    const cookie = hex(encodeCookie(deviceNumber, 0)).slice(0, -4);
    const dump = await this.real.ofctl('dump-flows');
    return dump.split('\n').filter((line) => line.includes(`cookie=${cookie}`)).length;
  }

  portText(port: string): Promise<string> {
    return this.real.vsctl('list', 'port', port);
  }

  async entriesText(): Promise<string> {
    return (await this.real.ofctl('dump-flows', '--no-stats')).split('\n').sort().join('\n');
  }

  /** What the switch has done a moment ago may still be on its way to the tools that tell of it. */
  async journal(): Promise<JournalEntry[]> {
    let seen = -1;
    while (seen !== this.entries.length) {
      seen = this.entries.length;
      await sleep(80);
    }
    return [...this.entries];
  }
}

/** BUNDLE_CONTROL (type 33, 16 bytes and no properties) with COMMIT_REQUEST (4): OpenFlow 1.4 section 7.3.9.1. */
function holdsCommit(chunk: Buffer): boolean {
  for (let i = 0; i + 16 <= chunk.length; i += Math.max(chunk.readUInt16BE(i + 2), 8)) {
    if (chunk[i + 1] === 33 && chunk.readUInt16BE(i + 12) === 4) return true;
  }
  return false;
}

const ADDRESSES = {
  device: DEVICE,
  neighbour: NEIGHBOUR,
  gateway: GATEWAY,
  peer: { ...GATEWAY, address: ARCHIVE },
  outside: { ...GATEWAY, address: OUTSIDE },
};

function frameOf({ from, to, what }: ProbeFrame, marker: string): Buffer {
  const [source, target] = [ADDRESSES[from], ADDRESSES[to]];
  const ends: Ends = { fromMac: source.mac, toMac: target.mac, from: source.address, to: target.address };
  switch (what) {
    case 'opening':
      return tcpFrame(ends, { from: 40_000, to: 104 }, 'syn', marker);
    case 'answer':
      return tcpFrame(ends, { from: 104, to: 40_000 }, 'ack', marker);
    case 'backward-opening':
      return tcpFrame(ends, { from: 104, to: 40_000 }, 'syn', marker);
    case 'udp':
      return udpFrame(ends, { from: 40_000, to: 104 }, marker);
    case 'arp':
      return arpFrame(ends, marker);
    case 'ipv6':
      return ipv6Frame(ends, marker);
  }
}
