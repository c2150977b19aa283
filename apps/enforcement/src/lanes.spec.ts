import { FakeSessions, nacPoint, radiusPoints } from '../test/fake-nac.js';
import { Lanes } from './lanes.js';

const at = (where: string, mac = 'mri-mac') => ({ macs: [mac], switches: [where] });
const now = () => new Date(0);
const points = new Map(
  [...radiusPoints(new FakeSessions(), now), nacPoint(new FakeSessions(), now, { switches: ['sw-2', 'sw-3'] })].map(
    (one) => [one.facts.id, one],
  ),
);

describe('lanes', () => {
  it('are the points that serve a device, by its switch', () => {
    const lanes = new Lanes(points);
    lanes.place('mri', at('sw-1'));
    lanes.place('ct', at('sw-3', 'ct-mac'));
    lanes.place('phone', at('sw-of-nobody'));
    expect(['mri', 'ct', 'phone', 'unknown'].map((device) => lanes.laneOf(device))).toEqual([
      'sw-1',
      'nac',
      undefined,
      undefined,
    ]);
  });

  it('a hint concerns the devices of a point, those whose policy it holds, and those that are nowhere', () => {
    const lanes = new Lanes(points);
    lanes.place('mri', at('sw-1'));
    lanes.place('ct', at('sw-3', 'ct-mac'));
    const woken = (pointId: string, macs?: string[]) =>
      ['mri', 'ct', 'unknown'].filter((device) => lanes.concerns({ pointId, ...(macs && { macs }) }, device));
    expect(woken('sw-1')).toEqual(['mri', 'unknown']);
    expect(woken('radius-server')).toEqual(['mri', 'unknown']);
    expect(woken('nac')).toEqual(['ct', 'unknown']);
    expect(woken('radius-server', ['another-mac'])).toEqual(['unknown']);
    expect(woken('radius-server', ['another-mac', 'mri-mac'])).toEqual(['mri', 'unknown']);
  });

  it('keep where a device was last while it is plugged in nowhere', () => {
    const lanes = new Lanes(points);
    lanes.place('mri', at('sw-1'));
    lanes.place('mri', { macs: ['mri-mac'], switches: [] });
    expect(lanes.laneOf('mri')).toBe('sw-1');
  });
});
