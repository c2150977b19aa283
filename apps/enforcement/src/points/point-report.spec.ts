import { pointReported } from '#events';
import { fakeFacts, fakeProfile } from '../../test/fake-point.js';
import { answeredAt, failedAt, isNews, probed, unasked } from './health.js';
import { pointReport, type PointState } from './point-report.js';

const now = new Date('2026-01-05T08:00:00.000Z');
const later = new Date('2026-01-05T08:00:05.000Z');

function state(changes: Partial<PointState> = {}): PointState {
  return {
    facts: fakeFacts,
    description: { kind: 'radius', model: 'radius/cisco-ios-xe', fingerprint: 'f'.repeat(64) },
    profile: fakeProfile,
    drilled: null,
    testPorts: [],
    health: unasked,
    breaker: 'closed',
    drill: null,
    ...changes,
  };
}

describe('the report of a point', () => {
  it('is an event that its readers take, and tells nothing of how the point is reached', () => {
    const data = pointReport(state(), now);
    expect(pointReported.shape.data.parse(data)).toEqual(data);
    expect(JSON.stringify(data)).not.toContain('f'.repeat(64));
  });

  it('tells the worst of what nobody has confirmed, and which modes that leaves', () => {
    const data = pointReport(state({ profile: { ...fakeProfile, confirmed: false } }), now);
    expect(data).toMatchObject({ confirmed: false, confirmedBy: 'nobody', interruption: 'break', covers: 'ipv4' });
    expect(data.modes).toMatchObject([
      { planMode: 'filter', usable: false, reason: 'filters-one-direction' },
      { planMode: 'vlan-bridged', usable: true, interruptionMs: 30_000, callBacks: true, keepsAddress: true },
      { planMode: 'vlan-routed', usable: false },
    ]);
  });

  it('tells a measured gap in milliseconds, when and by whom it was measured', () => {
    const profile = { ...fakeProfile, interruption: { gapMs: 5200 } };
    const data = pointReport(state({ profile, drilled: { at: now, by: 'ann' } }), later);
    expect(data).toMatchObject({
      interruption: 'gap',
      gapMs: 5200,
      confirmedBy: 'drill',
      drilledBy: 'ann',
      drilledAt: now.toISOString(),
      reportedAt: later.toISOString(),
    });
  });

  it('F14 tells that only filter is left where there is no quarantine VLAN', () => {
    const { modes } = pointReport(state({ facts: { ...fakeFacts, quarantineVlan: null } }), now);
    expect(modes.map(({ usable }) => usable)).toEqual([true, false, false]);
    expect(modes[1]?.reason).toBe('no-quarantine-vlan');
  });
});

describe('the health of a point', () => {
  it('keeps since when it answers, or does not, and why', () => {
    const up = answeredAt(unasked, now);
    expect(answeredAt(up, later)).toMatchObject({ reachable: true, since: now, answeredAt: later });
    const down = failedAt(up, 'time-out', later);
    expect(down).toMatchObject({ reachable: false, since: later, lastFailure: 'time-out', answeredAt: now });
    expect(answeredAt(down, later).lastFailure).toBeNull();
  });

  it('F32 is not reachable for us where every question failed, such as with a wrong secret', () => {
    const detail = 'no answer: wrong secret, or our address is not in the list of clients';
    const silent = probed(unasked, [{ check: 'secret and address accepted', ok: false, detail }], now);
    expect(silent).toMatchObject({ reachable: false, lastFailure: `secret and address accepted: ${detail}` });
  });

  it('is reachable where one of several questions failed, and keeps what was found', () => {
    const findings = [
      { check: 'secret and address accepted', ok: true, detail: 'NAK 503' },
      { check: 'quarantine VLAN 66', ok: false, detail: 'not on this switch' },
      { check: 'role', ok: null, detail: 'not told' },
    ];
    expect(probed(unasked, findings, now)).toMatchObject({ reachable: true, findings });
    expect(probed(unasked, [], now).reachable).toBe(true);
  });

  it('is news where people would read something else, and not because time has passed', () => {
    const up = answeredAt(unasked, now);
    expect(isNews(up, answeredAt(up, later))).toBe(false);
    expect(isNews(up, failedAt(up, 'time-out', later))).toBe(true);
  });
});
