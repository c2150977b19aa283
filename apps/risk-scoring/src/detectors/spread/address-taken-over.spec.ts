import { attempt, CT, MRI, Scene } from '../../../test/observing.js';
import type { AddressTakenOver } from '#events';

function takenOver(second: number, port = 'wl-ws'): AddressTakenOver {
  const { observationId, sensorId, trustDomain, authenticated, binding, at, receivedAt } = attempt(second);
  const common = { observationId, sensorId, trustDomain, authenticated, binding, at, receivedAt };
  return {
    ...common,
    kind: 'address-taken-over',
    claimedDeviceId: MRI,
    claimedMac: '08:00:06:10:00:11',
    pointId: 'ovs-1',
    port,
  };
}

describe('address-taken-over', () => {
  it('weighs 20 dB against the occupant of the port, once an hour for each device that it plays', () => {
    const scene = new Scene();
    const weighed = [0, 1, 3599].map((second) => scene.sees(CT, takenOver(second)).map((found) => found.decibans));
    expect(weighed).toEqual([[20], [], []]);
    expect(scene.sees(CT, takenOver(8000))).toHaveLength(1);
    expect(scene.assessment(MRI, 8000).counted).toBe(0);
    expect(scene.assessment(CT, 8000).sentence).toBe('Used the address of 2 other devices.');
  });
});
