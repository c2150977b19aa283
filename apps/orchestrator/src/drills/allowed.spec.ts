import type { PointView } from '../queries.js';
import { point } from '../testing/examples.js';
import { refusalOf, type Question } from './allowed.js';

const reported: PointView = { ...point(), receivedAt: '2026-01-05T08:00:00.000Z', silent: false };
const wish = { reason: 'yearly', port: 'wl-spare', mac: '08:00:06:10:00:99', mode: null };

function asked(changes: Partial<Question> = {}): string | undefined {
  return refusalOf({ point: reported, wish, killSwitch: false, running: null, ...changes })?.problem;
}

describe('a drill may be asked for', () => {
  it('on the test port that enforcement names', () => {
    expect(asked()).toBeUndefined();
  });

  it('not on any other port or device', () => {
    expect(asked({ wish: { ...wish, port: 'wl-mri' } })).toBe('no-test-port');
    expect(asked({ wish: { ...wish, mac: '08:00:06:10:00:11' } })).toBe('no-test-port');
    expect(asked({ point: { ...reported, testPorts: [] } })).toBe('no-test-port');
  });

  it('not of a point that nobody reports, and not while another one runs', () => {
    expect(asked({ point: null })).toBe('not-found');
    expect(asked({ point: { ...reported, silent: true } })).toBe('point-silent');
    expect(asked({ running: 'd-1' })).toBe('drill-running');
  });

  it('under the kill switch only as far as it is harmless', () => {
    expect(asked({ killSwitch: true })).toBe('kill-switch-on');
    expect(asked({ killSwitch: true, wish: { ...wish, port: null, mac: null } })).toBeUndefined();
  });
});
