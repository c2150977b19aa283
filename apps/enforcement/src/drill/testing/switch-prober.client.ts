import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '#events';
import type { OvsFixture } from '../../drivers/ovs/testing/ovs-fixture.client.js';
import { subject } from '../../drivers/ovs/testing/ovs-fixture.client.js';
import { tcpFrame, type Ends } from '../../drivers/ovs/testing/frames.js';
import type { ProbeAttempt, ProbeOutcome, Prober } from '../probe.js';

/**
 * A test device and a probing host on a private Open vSwitch of dummy ports: each attempt is a real frame in at the
 * gateway's port, and its answer, if the frame came out at the device, a real frame back. Ports may change VLANs meanwhile.
 */
export class SwitchProber implements Prober {
  /** What the network does instead: the device is dead, or filters nothing though the switch says so. */
  lie: 'none' | 'dead' | 'open' = 'none';
  private frames = 0;
  /** The switch keeps what came out of its ports: frames of two probers must differ. */
  private readonly marker = newId().slice(-12);
  private readonly control: Socket;

  constructor(private readonly fixture: OvsFixture) {
    this.control = connect({ path: fixture.real.path('vswitchd.ctl') });
    this.control.on('error', () => undefined).resume();
  }

  async attempt({ from, to, timeoutMs }: ProbeAttempt): Promise<ProbeOutcome> {
    if (this.lie === 'dead') return 'silent';
    if (this.lie === 'open') return 'refused';
    const hop = subject.permits[0]?.nextHop;
    if (!hop) throw new Error('the subject has no gateway');
    const name = `${this.marker}-${(this.frames += 1)}-`;
    const ends: Ends = { fromMac: hop.mac, toMac: subject.mac, from: from.address, to: to.address };
    const back: Ends = { fromMac: subject.mac, toMac: hop.mac, from: to.address, to: from.address };
    const source = from.port === 0 ? 40_000 : from.port;
    const until = Date.now() + Math.min(timeoutMs, 300);
    this.receive(hop.port, tcpFrame(ends, { from: source, to: to.port }, 'syn', `${name}ask`));
    if (!(await this.came(subject.port, `${name}ask`, until))) return 'silent';
    this.receive(subject.port, tcpFrame(back, { from: to.port, to: source }, 'ack', `${name}answer`));
    return (await this.came(hop.port, `${name}answer`, until)) ? 'refused' : 'silent';
  }

  close(): Promise<void> {
    this.control.destroy();
    return Promise.resolve();
  }

  /** As `ovs-appctl netdev-dummy/receive`, without a process for each frame: JSON-RPC on the switch's own socket. */
  private receive(port: string, frame: Buffer): void {
    const params = [port, frame.toString('hex')];
    this.control.write(JSON.stringify({ id: this.frames, method: 'netdev-dummy/receive', params }));
  }

  private async came(port: string, marker: string, until: number): Promise<boolean> {
    for (;;) {
      if (await this.fixture.real.sent(port, marker)) return true;
      if (Date.now() > until) return false;
      await sleep(10);
    }
  }
}
