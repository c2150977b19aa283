import { makeEvent } from '#events';
import { attempt, MRI, Scene, START } from '../../../test/observing.js';
import { sensorRow } from '../../context/context.js';
import { peerPorts, wormWeek } from './conficker/peer-ports.js';

/** An attempt of the worm at its i-th peer, by turns of its four ports. */
function call(second: number, i: number, differences: Parameters<typeof attempt>[1] = {}) {
  const peerAddress = `198.51.${i >> 8}.${i & 255}`;
  const ports = peerPorts(peerAddress, wormWeek(START));
  const transport = i % 2 === 0 ? 'udp' : 'tcp';
  return attempt(second, { peerAddress, transport, port: ports[transport][(i >> 1) & 1] as number, ...differences });
}

describe('conficker-ports', () => {
  it('reaches propose from one sensor at the tenth outside peer, and no more than propose on that alone', () => {
    const scene = new Scene();
    const levels = Array.from({ length: 300 }, (_, i) => {
      scene.sees(MRI, call(i, i));
      return scene.assessment(MRI, i).level;
    });
    expect(levels.indexOf('propose')).toBe(9);
    expect(new Set(levels.slice(9))).toEqual(new Set(['propose']));
    expect(scene.assessment(MRI, 300).parts.map((part) => part.detector)).toEqual(['conficker-ports']);
    expect(scene.assessment(MRI, 300).mayActAlone).toBe(false);
  });

  it('weighs a peer once a day, whatever becomes of the attempts', () => {
    const scene = new Scene();
    const weighed = (['silent', 'answered', 'refused'] as const).map((outcome, i) =>
      scene.sees(MRI, call(i, 3, { outcome })).map((found) => found.decibans),
    );
    expect(weighed).toEqual([[3.2], [], []]);
  });

  it('says nothing of inside peers, of what our own rule cut, and of other ports', () => {
    const scene = new Scene();
    expect(scene.sees(MRI, call(0, 1, { peerInside: true, outcome: 'answered' }))).toMatchObject([
      { detector: 'scan' },
    ]);
    expect(scene.sees(MRI, call(1, 3, { outcome: 'denied' }))).toEqual([]);
    expect(scene.sees(MRI, call(2, 5, { port: 443 }))).toMatchObject([{ detector: 'scan' }]);
  });
});

describe('a sensor that shows a sample, or one direction', () => {
  const reports = (problems: string[]) =>
    makeEvent({
      type: 'lazaret.sensor.reported',
      source: '/discovery',
      subject: 'ovs-1-ipfix',
      time: new Date(START),
      data: {
        sensorId: 'ovs-1-ipfix',
        kind: 'ipfix',
        site: 'north',
        trustDomain: 'switch',
        authenticated: true,
        authenticatedBy: 'management-network',
        covers: [],
        lastRecordAt: null,
        observedUntil: null,
        clockOffsetMs: 0,
        recordsPerSecond: 0,
        lost: 0,
        droppedBySocket: 0,
        parseFailures: 0,
        problems,
      },
    });

  it.each(['sampled-flows', 'one-way-flows'])(
    '(%s) is not listened to by who needs more, and that is counted',
    (word) => {
      const scene = new Scene();
      scene.context.take(sensorRow(reports([word])));
      expect(scene.sees(MRI, attempt(0), attempt(1, { port: 139 }))).toEqual([]);
      expect(scene.partition.unjudged.get('scan ovs-1-ipfix')).toBe(2);
      expect(scene.sees(MRI, call(2, 4))).toMatchObject([{ detector: 'conficker-ports' }]);
      scene.context.take(sensorRow(reports([])));
      expect(scene.sees(MRI, attempt(3, { port: 22 }))).toMatchObject([{ detector: 'scan' }]);
    },
  );
});
