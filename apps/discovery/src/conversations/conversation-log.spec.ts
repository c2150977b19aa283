import { FLOW_KINDS, type Flow } from '../sensors/flow.js';
import { Bench, CT_MAC, MRI_MAC } from '../observations/replay.fixture.js';
import { SETTLED_MS, WINDOW_MS } from './conversation-log.js';

const toArchive: Partial<Flow> = { destinationAddress: '10.20.0.10', destinationPort: 104 };
const fromArchive: Partial<Flow> = {
  sourceMac: '00:16:3e:00:00:10',
  destinationMac: MRI_MAC,
  sourceAddress: '10.20.0.10',
  sourcePort: 104,
  destinationAddress: '10.10.0.11',
  destinationPort: 50_000,
  ingressPort: 'wl-r10',
};
const all = (bench: Bench) => bench.due.flatMap((due) => due.conversations);

function attached(): Bench {
  const bench = new Bench();
  bench.register.sight(MRI_MAC, { pointId: 'ovs-1', port: 'wl-mri', at: 0, toldBy: 'x' });
  bench.register.sight(CT_MAC, { pointId: 'ovs-1', port: 'wl-ct', at: 0, toldBy: 'x' });
  return bench;
}

describe('a conversation', () => {
  it('is told at once when its first SYN is seen, with no frames counted yet', () => {
    const bench = attached();
    bench.flow(FLOW_KINDS.opening, toArchive);
    expect(all(bench)).toMatchObject([{ peerAddress: '10.20.0.10', port: 104, opener: 'device', framesOut: 0 }]);
    bench.flow(FLOW_KINDS.opening, { ...toArchive, sourcePort: 50_009 });
    expect(all(bench)).toHaveLength(1);
  });

  it('waits for its other direction, and is then told whole', () => {
    const bench = attached();
    bench.flow(FLOW_KINDS.volume, { ...toArchive, frames: 54, octets: 7000 });
    bench.tick(SETTLED_MS);
    bench.flow(FLOW_KINDS.volume, { ...fromArchive, direction: 'out', egressPort: 'wl-mri', frames: 52, octets: 3440 });
    bench.tick(SETTLED_MS + 1);
    expect(all(bench)).toMatchObject([
      {
        framesOut: 54,
        framesIn: 52,
        octetsOut: 7000,
        octetsIn: 3440,
        framesBeyond: 0,
        sampledOneIn: 1,
        opener: 'device',
      },
    ]);
  });

  it('without an answer is told after a second', () => {
    const bench = attached();
    bench.flow(FLOW_KINDS.volume);
    bench.tick(WINDOW_MS - 1);
    expect(all(bench)).toEqual([]);
    bench.tick(WINDOW_MS);
    expect(all(bench)).toMatchObject([{ framesOut: 1, framesIn: 0, peerAddress: '10.10.0.47' }]);
  });

  it('counts the device’s frames that left at other ports as beyond, each', () => {
    const bench = attached();
    for (const egressPort of ['wl-ct', 'wl-r10', 'wl-clone'])
      bench.flow(FLOW_KINDS.volume, { direction: 'out', egressPort });
    bench.tick(WINDOW_MS);
    expect(all(bench)).toMatchObject([{ framesBeyond: 3, framesOut: 0, framesIn: 0 }]);
  });

  it('counts frames that met our deny line, both ways, at once', () => {
    const bench = attached();
    bench.flow(FLOW_KINDS.denied);
    bench.flow(FLOW_KINDS.denied, { ...fromArchive, ingressPort: 'wl-r10' });
    expect(all(bench)).toMatchObject([
      { deniedOut: 1, deniedIn: 0, framesOut: 0 },
      { deniedOut: 0, deniedIn: 1 },
    ]);
  });

  it('never mixes sampled frames with counted ones, nor denied frames with volumes', () => {
    const bench = attached();
    bench.flow(FLOW_KINDS.volume, { ...toArchive, frames: 10 });
    bench.flow(FLOW_KINDS.permitted, { ...toArchive, sampledOneIn: 64 });
    bench.flow(FLOW_KINDS.denied, toArchive);
    bench.tick(WINDOW_MS);
    expect(all(bench).map((c) => [c.sampledOneIn, c.framesOut, c.deniedOut])).toEqual([
      [64, 1, 0],
      [1, 0, 1],
      [1, 10, 0],
    ]);
  });

  it('knows who opened it from a SYN anywhere, and without one takes the lower port for the service', () => {
    const bench = attached();
    const callBack = {
      sourceAddress: '10.20.0.10',
      sourcePort: 40_000,
      destinationAddress: '10.10.0.11',
      destinationPort: 45_000,
    };
    bench.flow(FLOW_KINDS.opening, { ...callBack, ingressPort: 'wl-archive', sourceMac: '00:16:3e:20:00:10' });
    bench.due.length = 0;
    const answer = { sourcePort: 45_000, destinationAddress: '10.20.0.10', destinationPort: 40_000 };
    bench.flow(FLOW_KINDS.volume, answer);
    bench.flow(FLOW_KINDS.volume, { ...toArchive });
    bench.tick(WINDOW_MS);
    expect(all(bench).map((c) => [c.port, c.opener])).toEqual([
      [45_000, 'peer'],
      [104, 'device'],
    ]);
  });

  it('may be of no protocol with ports, or of no address', () => {
    const bench = attached();
    const bare = {
      sourceAddress: null,
      destinationAddress: null,
      protocol: null,
      sourcePort: null,
      destinationPort: null,
    };
    bench.flow(FLOW_KINDS.volume, { ...bare, etherType: 0x0806, destinationMac: 'ff:ff:ff:ff:ff:ff' });
    const six = {
      sourceAddress: 'fe80::1',
      destinationAddress: 'fe80::2',
      protocol: 58,
      sourcePort: null,
      destinationPort: null,
    };
    bench.flow(FLOW_KINDS.volume, { ...six, etherType: 0x86dd });
    bench.tick(WINDOW_MS);
    expect(all(bench)).toMatchObject([
      { etherType: 0x0806, peerAddress: null, transport: null, port: null, peerInside: true },
      { etherType: 0x86dd, peerAddress: 'fe80::2', transport: '58', port: null, peerInside: true },
    ]);
  });

  it('counts for both devices that talk with each other', () => {
    const bench = attached();
    const exchange = { destinationMac: CT_MAC, destinationAddress: '10.10.0.13', destinationPort: 80 };
    bench.flow(FLOW_KINDS.volume, { ...exchange, frames: 7 });
    bench.flow(FLOW_KINDS.volume, { ...exchange, frames: 7, direction: 'out', egressPort: 'wl-ct' });
    bench.tick(WINDOW_MS);
    const of = (id: string) => bench.due.filter(({ deviceId }) => deviceId === id).flatMap((due) => due.conversations);
    expect(of('mri')).toMatchObject([{ framesOut: 7, framesBeyond: 7, peerDeviceId: 'ct', opener: 'device' }]);
    expect(of('ct')).toMatchObject([{ framesIn: 7, framesBeyond: 0, peerDeviceId: 'mri', opener: 'peer' }]);
  });

  it('is kept for later only when it moved frames both ways', () => {
    const bench = attached();
    bench.flow(FLOW_KINDS.volume);
    bench.flow(FLOW_KINDS.volume, toArchive);
    bench.flow(FLOW_KINDS.volume, { ...fromArchive, direction: 'out', egressPort: 'wl-mri' });
    expect(bench.conversations.takeMoved()).toMatchObject([{ key: expect.stringContaining('10.20.0.10') as string }]);
    expect(bench.conversations.takeMoved()).toEqual([]);
  });
});
