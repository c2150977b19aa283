import { setTimeout as sleep } from 'node:timers/promises';
import { outside, type Enclosure } from '../enclosure/enclosure.js';
import type { Layout } from '../layout.js';
import { BRIDGE, MANAGEMENT } from '../network.js';
import { environment, samplingCommand, vswitchdCommand } from '../topology.js';
import { cookieWords, parseFlows, type Flow } from './flow.js';
import { FlowObserver } from './flow-observer.client.js';
import { PortObserver, type PortState } from './ovsdb-observer.client.js';
import { clearExport, createExport } from './sampling.js';

const REMOTE = `ptcp:${MANAGEMENT.ovsdbPort}:0.0.0.0`;

/** The ward's switch as its engineer and the tests' witnesses see it: by its own tools, never through the product. */
export class WardSwitch {
  constructor(
    private readonly enclosure: Enclosure,
    private readonly layout: Layout,
  ) {}

  /** @param filter of ovs-ofctl(8), e.g. `cookie=0x5e45000000000000/-1` or `table=0` */
  async dumpFlows(filter?: string): Promise<Flow[]> {
    return parseFlows(await this.openflow(['--no-names', 'dump-flows'], filter ? [filter] : []));
  }

  async flowsOf(cookie: bigint, mask: bigint): Promise<Flow[]> {
    return this.dumpFlows(cookieWords(cookie, mask));
  }

  /** An engineer's hand: deletes the flows whose cookie matches, never without a mask. */
  async deleteFlows(cookie: bigint, mask: bigint): Promise<void> {
    await this.openflow(['del-flows'], [cookieWords(cookie, mask)]);
  }

  async port(name: string): Promise<PortState & { ofport: number; linkUp: boolean }> {
    const observer = await this.observePorts();
    const state = observer.port(name);
    observer.stop();
    if (!state) throw new Error(`the switch has no port ${name}`);
    const columns = (await this.database(['get', 'interface', name, 'ofport', 'link_state'])).trim().split('\n');
    return { ...state, ofport: Number(columns[0]), linkUp: columns[1] === 'up' };
  }

  /** An engineer's hand on a port's VLAN; returns when the switch has applied it. */
  async setTag(port: string, tag: number): Promise<void> {
    await this.database(['set', 'port', port, `tag=${tag}`]);
  }

  /** Takes the port's link away from its device, or gives it back. */
  async setLink(port: string, state: 'up' | 'down'): Promise<void> {
    await this.openflow(['mod-port'], [port, state]);
  }

  /** The forwarding table: `port` is the OpenFlow number. */
  async forwarding(): Promise<{ port: number; vlan: number; mac: string; age: number }[]> {
    const text = await succeed(['ovs-appctl', '-t', this.layout.vswitchdControl, 'fdb/show', BRIDGE]);
    return [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+([0-9a-f:]{17})\s+(\d+)/gm)].map(([, port, vlan, mac = '', age]) => ({
      port: Number(port),
      vlan: Number(vlan),
      mac,
      age: Number(age),
    }));
  }

  observePorts(): Promise<PortObserver> {
    return PortObserver.open(this.layout.ovsdbSocket);
  }

  observeFlows(): Promise<FlowObserver> {
    return FlowObserver.open(`unix:${this.layout.bridgeSocket}`, this.layout.ovs.run);
  }

  /** The switch's process is killed and started again: flows are gone but its own, VLANs and exports stay. */
  async restart(downMs = 300): Promise<void> {
    await this.enclosure.must(undefined, ['sh', '-c', `kill -KILL $(cat ${this.layout.ovs.run}/ovs-vswitchd.pid)`]);
    await sleep(downMs);
    const script = ['set -e', ...environment(this.layout), vswitchdCommand(this.layout), samplingCommand(this.layout)];
    await this.enclosure.must(undefined, ['bash', '-c', script.join('\n')]);
  }

  /** (Re)creates both IPFIX exports, so that templates come anew. Call it when the collector listens; any number of times. */
  async exportIpfix(): Promise<void> {
    await this.database(clearExport());
    await this.database(createExport());
  }

  /** Blinds the sensor. */
  async stopIpfix(): Promise<void> {
    await this.database(clearExport());
  }

  /** Management refuses: OVSDB and OpenFlow over TCP are closed, forwarding goes on. The ward itself uses Unix sockets. */
  async refuseManagement(): Promise<void> {
    await succeed(['ovs-appctl', '-t', this.layout.ovsdbControl, 'ovsdb-server/remove-remote', REMOTE]);
    await this.database(['del-controller', BRIDGE]);
  }

  async allowManagement(): Promise<void> {
    await succeed(['ovs-appctl', '-t', this.layout.ovsdbControl, 'ovsdb-server/add-remote', REMOTE]);
    await this.database(['set-controller', BRIDGE, `ptcp:${MANAGEMENT.openflowPort}:${MANAGEMENT.switchAddress}`]);
  }

  /** The switch hears and does, but its answers (and its exports) are lost: the ambiguous case. */
  async loseAnswers(): Promise<void> {
    await this.enclosure.must(undefined, [
      'ip',
      '-n',
      'wl-sw',
      'route',
      'add',
      'blackhole',
      `${MANAGEMENT.hostAddress}/32`,
    ]);
  }

  async deliverAnswers(): Promise<void> {
    await this.enclosure.must(undefined, [
      'ip',
      '-n',
      'wl-sw',
      'route',
      'del',
      'blackhole',
      `${MANAGEMENT.hostAddress}/32`,
    ]);
  }

  private openflow(command: string[], words: string[]): Promise<string> {
    return succeed(['ovs-ofctl', '-O', 'OpenFlow14', ...command, `unix:${this.layout.bridgeSocket}`, ...words]);
  }

  private database(words: string[]): Promise<string> {
    return succeed(['ovs-vsctl', '--timeout=10', `--db=unix:${this.layout.ovsdbSocket}`, ...words]);
  }
}

async function succeed(words: string[]): Promise<string> {
  const { code, stdout, stderr } = await outside(words);
  if (code !== 0) throw new Error(`${words[0] ?? ''} ended with ${code}: ${stderr.trim()}`);
  return stdout;
}
