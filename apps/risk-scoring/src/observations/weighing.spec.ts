import type { ObservationsReported } from '#events';
import { attempt, contract, CT, lookUp, MRI, reported, Scene, START, wormNames } from '../../test/observing.js';
import { releaseRow, sensorRow } from '../context/context.js';
import { makeEvent } from '#events';
import { Partition } from './partition.js';
import { decodeSnapshot, encodeSnapshot } from './snapshot.js';
import { Weighing } from './weighing.js';

const HOUR = 3600;
const items = (...events: ObservationsReported[]) => events.map((event, i) => ({ event, offset: i.toString() }));
const at = (second: number) => START + second * 1000;

/** Twenty events of a worm and its neighbour, as discovery would report them. */
const worm = Array.from({ length: 20 }, (_, i) => {
  const deviceId = i % 5 === 4 ? CT : MRI;
  const seen = i % 2 === 0 ? attempt(i, { peerAddress: `172.20.5.${i}` }) : lookUp(i, wormNames[i]!);
  return reported(deviceId, [seen, attempt(i, { peerAddress: '10.20.0.10', port: 104, outcome: 'answered' })]);
});

function weighing(partition = new Partition(0)) {
  const scene = new Scene();
  const made = new Weighing(scene.surroundings, 1);
  made.put(partition);
  return { made, scene, partition };
}

describe('a replay', () => {
  it('from a snapshot ends where the first reading ended, and gives the same evidence', () => {
    for (const cut of [0, 1, 7, 19]) {
      const whole = weighing();
      const first = whole.made.weigh(0, items(...worm), at(20));

      const before = weighing();
      const early = before.made.weigh(0, items(...worm).slice(0, cut), at(20));
      const restored = decodeSnapshot(0, encodeSnapshot(before.partition))!;
      const after = weighing(restored);
      const late = after.made.weigh(0, items(...worm).slice(cut), at(20));

      const ids = [...early.evidence, ...late.evidence].map((one) => one.evidenceId);
      expect(ids).toEqual(first.evidence.map((one) => one.evidenceId));
      const levels = (partition: Partition) => [...partition.devices.values()].map((device) => device.levels);
      expect(levels(restored)).toEqual(levels(whole.partition));
      expect(restored.nextOffset).toBe(20n);
    }
  });

  it('of offsets that were weighed gives nothing', () => {
    const { made } = weighing();
    made.weigh(0, items(...worm), at(20));
    expect(made.weigh(0, items(...worm), at(20))).toEqual({ evidence: [], assessments: [] });
  });

  it('that hands over other batches ends in the same levels', () => {
    const whole = weighing();
    whole.made.weigh(0, items(...worm), at(20));
    const single = weighing();
    for (const item of items(...worm)) single.made.weigh(0, [item], at(20));
    expect([...single.partition.devices.values()].map((device) => device.levels)).toEqual(
      [...whole.partition.devices.values()].map((device) => device.levels),
    );
  });
});

describe('what is told', () => {
  it('is each change of level at once, as of the last offset weighed', () => {
    const { made } = weighing();
    const told = items(...worm.slice(0, 4)).flatMap((item) => made.weigh(0, [item], at(1)).assessments);
    expect(told.map(({ data }) => [data.level, data.asOfOffset, data.asOfEpoch, data.asOfPartition])).toEqual([
      ['none', '1', 1, 0],
      ['watch', '2', 1, 0],
      ['propose', '3', 1, 0],
    ]);
  });

  it('waits for a second while the level stays, and is not forgotten', () => {
    const { made } = weighing();
    const first = (second: number, peer: string) => reported(MRI, [attempt(second, { peerAddress: peer })]);
    expect(made.weigh(0, items(first(0, '10.9.0.1')), at(0)).assessments).toHaveLength(1);
    const second = { event: first(0.1, '10.9.0.2'), offset: '1' };
    expect(made.weigh(0, [second], at(0.1)).assessments).toEqual([]);
    expect(made.tellLater(at(0.5))).toEqual([]);
    expect(made.tellLater(at(1)).map(({ data }) => data.counted)).toEqual([12]);
    expect(made.tellLater(at(3))).toEqual([]);
  });

  it('is the fading too, down to nothing, after which the device is forgotten', () => {
    const { made, partition } = weighing();
    made.weigh(0, items(...worm), at(20));
    const levels: string[] = [];
    for (let hour = 1; hour < 8 * 24; hour++) {
      const told = made.sweep(at(hour * HOUR)).filter(({ data }) => data.deviceId === MRI);
      levels.push(...told.map(({ data }) => data.level));
    }
    expect([...new Set(levels)]).toEqual(['isolate', 'propose', 'watch', 'none']);
    expect(partition.devices.size).toBe(0);
    expect(partition.answered.entries()).toEqual([]);
  });
});

describe('a release', () => {
  it('takes away what was held against the device, tells that, and lets only later observations weigh', () => {
    const { made, scene } = weighing();
    made.weigh(0, items(...worm), at(20));
    scene.context.take(releaseRow(MRI, at(30)));
    const [told] = made.release(MRI, at(30), at(30.1));
    expect(told?.data).toMatchObject({ level: 'none', counted: 0, parts: [], firstEvidenceAt: null });
    expect(made.release(MRI, at(30), at(31))).toEqual([]);

    const late = reported(MRI, [lookUp(29.9, wormNames[40]!), lookUp(30.5, wormNames[1]!)]);
    const { evidence } = made.weigh(0, [{ event: late, offset: '20' }], at(31));
    expect(evidence.map((one) => one.at)).toEqual([at(30.5)]);
  });

  it('that was heard before the device was ever seen counts too', () => {
    const { made, scene } = weighing();
    scene.context.take(releaseRow(MRI, at(30)));
    const { evidence } = made.weigh(0, items(reported(MRI, [lookUp(10, wormNames[0]!)])), at(31));
    expect(evidence).toEqual([]);
  });
});

describe('the sensors around', () => {
  it('make a domain weak when one of them could be forged by anybody', () => {
    const scene = new Scene();
    const sensor = (sensorId: string, authenticated: boolean) =>
      makeEvent({
        type: 'lazaret.sensor.reported',
        source: '/discovery',
        subject: sensorId,
        time: new Date(START),
        data: {
          sensorId,
          kind: 'ipfix',
          site: 'north',
          trustDomain: 'switch',
          authenticated,
          authenticatedBy: null,
          covers: [],
          lastRecordAt: null,
          observedUntil: null,
          clockOffsetMs: 0,
          recordsPerSecond: 0,
          lost: 0,
          droppedBySocket: 0,
          parseFailures: 0,
          problems: [],
        },
      });
    scene.context.take(sensorRow(sensor('a', true)));
    expect(scene.sees(MRI, attempt(0))[0]).toMatchObject({ authenticated: true });
    scene.context.take(sensorRow(sensor('b', false)));
    expect(scene.sees(MRI, attempt(1, { port: 139 }))[0]).toMatchObject({ authenticated: false });
    expect(scene.assessment(MRI, 1).countedAlone).toBe(0);
    scene.context.take(sensorRow(sensor('b', true)));
    expect(scene.sees(MRI, attempt(2, { port: 22 }))[0]).toMatchObject({ authenticated: true });
  });
});

describe('clocks', () => {
  it('of a sensor that are wrong by more than ten minutes are bent to what we heard', () => {
    const scene = new Scene();
    const received = new Date(at(0)).toISOString();
    const [found] = scene.sees(MRI, attempt(24 * HOUR, { receivedAt: received }));
    expect(found?.at).toBe(at(600));
  });
});

describe('a contract that changes', () => {
  it('counts as it is when the attempt is weighed', () => {
    const scene = new Scene();
    const store = (second: number, port: number) => attempt(second, { peerAddress: '10.20.0.10', port });
    expect(scene.sees(MRI, store(0, 104))).toHaveLength(1);
    scene.has(contract(MRI, [{ port: 11112 }]));
    expect(scene.sees(MRI, store(1, 11112))).toEqual([]);
    scene.has(contract(MRI, []));
    expect(scene.sees(MRI, store(2 * 24 * HOUR, 11112))).toHaveLength(1);
  });
});
