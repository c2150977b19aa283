import { DriverError, type CompiledEntries, type PointReading, type Step } from '#driver';
import { FakePoint, fakeProfile } from './fake-point.js';

/** A fake switch that moves ports and holds neither entries nor marks, as one that is managed by SNMP. */
export class FakeMarklessPoint extends FakePoint {
  override profile = { ...fakeProfile, marks: false, entries: 0, modes: ['vlan-bridged'] as const };

  override compile(): CompiledEntries {
    return { entries: [], cut: [], policy: null };
  }

  override async read(): Promise<PointReading> {
    const reading = await super.read();
    return { ...reading, ports: reading.ports.map((one) => ({ ...one, mark: null })) };
  }

  override async apply(step: Step): Promise<void> {
    await Promise.resolve();
    if (this.isDown) throw new DriverError('unreachable', 'the fake switch is down');
    switch (step.kind) {
      case 'move-port': {
        const { port, homeVlan, quarantineVlan } = step.isolation;
        if (this.at(port).vlan !== homeVlan) throw new DriverError('changed-by-others', `port ${port}`);
        return this.tag(port, quarantineVlan);
      }
      case 'restore-port':
        if (this.at(step.port).vlan === step.quarantineVlan) this.tag(step.port, step.homeVlan);
        return;
      case 'install-entries':
      case 'remove-entries':
      case 'set-policy':
      case 'clear-policy':
      case 'renew-session':
        throw new DriverError('refused', `a switch without entries knows no ${step.kind}`);
    }
  }

  private tag(port: string, to: number | null): void {
    this.history.push({ kind: 'tag', port, from: this.at(port).vlan, to, permitsInForce: false });
    this.at(port).vlan = to;
  }
}
