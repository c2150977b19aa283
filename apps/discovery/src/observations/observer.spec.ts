import { FLOW_KINDS } from '../sensors/flow.js';
import { Bench, CT_MAC, DNS, MRI_MAC, declared, wardPorts } from './replay.fixture.js';

const attempts = (bench: Bench, device: string) =>
  bench.of(device).flatMap((o) => (o.kind === 'attempt' ? [`${o.binding} ${o.outcome}`] : []));

describe('whose packet it was', () => {
  it('is the device’s that is plugged in where it entered', () => {
    const bench = new Bench();
    bench.flow(FLOW_KINDS.opening);
    bench.tick(1000);
    expect(attempts(bench, 'mri')).toEqual(['bound silent']);
    expect(bench.of('mri')).toMatchObject([
      { at: '1970-01-01T00:00:00.000Z', receivedAt: '1970-01-01T00:00:01.000Z', peerInside: true, peerDeviceId: null },
    ]);
  });

  it('is not said again when the gateway passes it on', () => {
    const bench = new Bench();
    bench.flow(FLOW_KINDS.opening);
    bench.flow(FLOW_KINDS.opening, { ingressPort: 'wl-r20', sourceMac: '00:16:3e:00:00:20', sourcePort: 50_001 });
    bench.tick(1000);
    expect(attempts(bench, 'mri')).toHaveLength(1);
  });

  it('stays claimed for a device whose place nobody knows', () => {
    const bench = new Bench();
    bench.flow(FLOW_KINDS.opening, { ingressPort: 'wl-r20', sourceMac: '00:16:3e:00:00:20' });
    bench.tick(1000);
    expect(attempts(bench, 'mri')).toEqual(['claimed silent']);
  });

  it('is not the MRI’s when its MAC comes in at another port: that port is named, once a minute', () => {
    const bench = new Bench();
    bench.flow(FLOW_KINDS.opening);
    for (let i = 1; i < 20; i += 1)
      bench.flow(FLOW_KINDS.opening, { ingressPort: 'wl-clone', sourcePort: 51_000 + i, sourceAddress: '10.10.0.99' });
    const occupant = bench.register.occupantOf('ovs-1', 'wl-clone', 'mri');
    expect(bench.of(occupant?.deviceId ?? '')).toMatchObject([{ kind: 'address-taken-over', port: 'wl-clone' }]);
    bench.tick(1000);
    expect(attempts(bench, 'mri').filter((text) => text.startsWith('bound'))).toHaveLength(1);
  });

  it('is held against the CT when the CT uses the MRI’s address from its own port', () => {
    const bench = new Bench();
    bench.flow(FLOW_KINDS.opening);
    bench.flow(FLOW_KINDS.opening, { ingressPort: 'wl-ct', sourceMac: CT_MAC, sourcePort: 50_001 });
    expect(bench.of('ct')).toMatchObject([
      { kind: 'address-taken-over', claimedDeviceId: 'mri', claimedMac: MRI_MAC, port: 'wl-ct' },
    ]);
  });

  it('is a new device’s when nobody knows its MAC', () => {
    const bench = new Bench();
    const mac = '02:aa:00:00:00:01';
    bench.flow(FLOW_KINDS.opening, { ingressPort: 'wl-clone', sourceMac: mac, sourceAddress: '10.10.0.77' });
    bench.tick(1000);
    const device = bench.register.deviceOfMac(mac);
    expect(device).toMatchObject({ asset: null, description: { criticality: 'routine' } });
    expect(attempts(bench, device?.deviceId ?? '')).toEqual(['bound silent']);
  });

  it('does not let a host answer for another from a port where that one is not', () => {
    const bench = new Bench();
    bench.flow(FLOW_KINDS.opening, { ingressPort: 'wl-ct', sourceMac: CT_MAC, sourceAddress: '10.10.0.13' });
    bench.flow(FLOW_KINDS.opening, { destinationAddress: '10.10.0.13', destinationPort: 445 });
    const forged = { sourceAddress: '10.10.0.13', sourcePort: 445, destinationAddress: '10.10.0.11' };
    const answer = { ...forged, destinationPort: 50_000, destinationMac: MRI_MAC };
    bench.flow(FLOW_KINDS.answering, { ...answer, ingressPort: 'wl-clone', sourceMac: CT_MAC });
    bench.tick(1000);
    expect(attempts(bench, 'mri')).toEqual(['bound silent']);
  });

  it('of a look-up is shown by the volumes too, where a permit line let it pass', () => {
    const bench = new Bench();
    const lookUp = { client: '10.10.0.11', port: 50_000, name: 'a.example', queryType: 'A', answer: null };
    const asked = { ...lookUp, position: ['log', 1], at: 0, receivedAt: 0 };
    bench.observer.lookUp(DNS.id, { kind: 'asked', key: '1/1', lookUp: asked });
    bench.observer.lookUp(DNS.id, { kind: 'answered', key: '1/1', answer: 'nxdomain', receivedAt: 1 });
    const toResolver = { protocol: 17, destinationAddress: '10.20.0.53', destinationPort: 53 };
    bench.now = 1400;
    bench.flow(FLOW_KINDS.volume, { ...toResolver, ingressPort: 'wl-r20', sourceMac: '00:16:3e:00:00:20' });
    expect(bench.of('mri')).toEqual([]);
    bench.flow(FLOW_KINDS.volume, toResolver);
    expect(bench.of('mri')).toMatchObject([{ kind: 'name', binding: 'bound' }]);
  });

  it('is nobody’s attempt when it goes to a group', () => {
    const bench = new Bench();
    bench.flow(FLOW_KINDS.opening, { destinationMac: '01:00:5e:00:00:fb', destinationAddress: '224.0.0.251' });
    bench.tick(1000);
    expect(attempts(bench, 'mri')).toEqual([]);
  });
});

describe('a device', () => {
  it('keeps its id when the inventory names it later', () => {
    const bench = new Bench();
    const mac = '02:aa:00:00:00:01';
    bench.flow(FLOW_KINDS.opening, { ingressPort: 'wl-clone', sourceMac: mac });
    const id = bench.register.deviceOfMac(mac)?.deviceId ?? '';
    bench.register.declare(id, declared('US-1', mac, '10.10.0.77'), 5);
    expect(bench.register.get(id)).toMatchObject({
      asset: 'US-1',
      interfaces: [{ address: '10.10.0.77', attachment: { port: 'wl-clone' } }],
    });
    expect(bench.register.holderOf('10.10.0.77')?.deviceId).toBe(id);
  });

  it('gives up an interface to the asset that declares it, but not one of another asset', () => {
    const bench = new Bench();
    bench.flow(FLOW_KINDS.opening, { ingressPort: 'wl-clone', sourceMac: '02:aa:00:00:00:01' });
    const unnamed = bench.register.deviceOfMac('02:aa:00:00:00:01')?.deviceId ?? '';
    const twice = { ...declared('US-1', '02:aa:00:00:00:01', null) };
    twice.interfaces = [...twice.interfaces, { mac: MRI_MAC, addressing: 'static', address: '10.10.0.11' }];
    bench.register.declare('us', twice, 5);
    expect(bench.register.get(unnamed)?.interfaces).toEqual([]);
    expect(bench.register.get('us')?.interfaces).toHaveLength(1);
    expect(bench.register.deviceOfMac(MRI_MAC)?.deviceId).toBe('mri');
  });

  it('that leaves the inventory stays, without name of asset and flows', () => {
    const bench = new Bench();
    bench.register.declare('mri', { ...declared('MRI', MRI_MAC, '10.10.0.11'), removed: true }, 5);
    expect(bench.register.get('mri')).toMatchObject({ asset: null, interfaces: [{ mac: MRI_MAC }] });
  });

  it('is not made without end at one port', () => {
    const bench = new Bench();
    for (let i = 0; i < 50; i += 1) {
      const sourceMac = `02:bb:00:00:00:${i.toString(16).padStart(2, '0')}`;
      bench.flow(FLOW_KINDS.opening, { ingressPort: 'wl-clone', sourceMac, sourceAddress: null });
    }
    expect(bench.register.refused).toBe(34);
    expect(bench.counters.get('device.refused:too-many')).toBe(34);
  });

  it('is touched when the VLAN of its port changes, and stays attached since then', () => {
    const bench = new Bench();
    bench.flow(FLOW_KINDS.opening);
    const before = bench.register.attachmentOf(MRI_MAC);
    bench.register.takeTouched();
    bench.register.lookAtPorts('ovs-1', wardPorts({ 'wl-mri': { vlan: 66 } }), 50);
    expect(bench.register.takeTouched()).toContain('mri');
    expect(bench.register.attachmentOf(MRI_MAC)).toEqual(before);
  });

  it('is seen by nobody at a port without link, whatever a table still holds', () => {
    const bench = new Bench();
    bench.flow(FLOW_KINDS.opening);
    bench.register.lookAtPorts('ovs-1', wardPorts({ 'wl-clone': { linkUp: false, linkResets: 1 } }), 50);
    bench.register.sight(MRI_MAC, { pointId: 'ovs-1', port: 'wl-clone', at: 60, toldBy: 'x' });
    expect(bench.register.attachmentOf(MRI_MAC)).toMatchObject({ port: 'wl-mri', second: null });
  });

  it('that lost its link is found at its new port, and its old one is free', () => {
    const bench = new Bench();
    bench.flow(FLOW_KINDS.opening);
    bench.register.lookAtPorts('ovs-1', wardPorts({ 'wl-mri': { linkUp: false, linkResets: 1 } }), 50);
    bench.now = 100;
    bench.flow(FLOW_KINDS.opening, { ingressPort: 'wl-clone', sourcePort: 50_002 });
    bench.tick(1100);
    expect(attempts(bench, 'mri')).toEqual(['bound silent', 'bound silent']);
    expect(bench.register.attachmentOf(MRI_MAC)).toMatchObject({ port: 'wl-clone', since: 100 });
  });
});
