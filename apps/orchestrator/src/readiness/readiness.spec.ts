import type { SensorReported } from '#events';
import type { DeviceView, PointView } from '../queries.js';
import { device, networkInterface, point } from '../testing/examples.js';
import { deviceReadiness } from './device-readiness.js';
import { pointReadiness } from './point-readiness.js';
import type { Site } from './site.js';

const now = new Date('2026-01-05T08:00:00.000Z');

const flow: DeviceView['contract']['flows'][number] = {
  flowId: 'store',
  service: 'dicom-store',
  peerAddress: '10.20.0.10',
  peerDeviceId: null,
  transport: 'tcp',
  port: 104,
  opener: 'device',
  required: true,
  source: 'declared',
  resolvedFrom: 'ARCHIVE',
  resolvedBy: 'inventory',
  resolvedAt: '2026-01-05T07:00:00.000Z',
};

function mri(changes: Partial<DeviceView> = {}): DeviceView {
  const { revision: _, flows: __, ...known } = device();
  return {
    ...known,
    protected: false,
    hold: null,
    assessment: null,
    contract: { revision: 1, flows: [flow], unresolved: [] },
    openQuarantine: null,
    ...changes,
  };
}

function sensor(changes: Partial<SensorReported['data']> = {}): SensorReported['data'] {
  return {
    sensorId: 'ovs-1-ipfix',
    kind: 'ipfix',
    site: 'north',
    trustDomain: 'switch',
    authenticated: true,
    authenticatedBy: 'management-network',
    covers: ['point:ovs-1'],
    lastRecordAt: null,
    observedUntil: '2026-01-05T07:59:58.000Z',
    clockOffsetMs: 0,
    recordsPerSecond: 1,
    lost: 0,
    droppedBySocket: 0,
    parseFailures: 0,
    problems: [],
    ...changes,
  };
}

const names = sensor({ sensorId: 'dns-1', kind: 'dnsmasq-log', trustDomain: 'dns', covers: ['resolver:10.20.0.53'] });

function reported(changes: Partial<PointView> = {}): PointView {
  return { ...point(), receivedAt: now.toISOString(), silent: false, ...changes };
}

function site(changes: Partial<Site> = {}): Site {
  const terms = { maxInterruptionMs: 3000, requireQuarantineVlan: false };
  return { points: [reported()], sensors: [sensor(), names], terms, now, ...changes };
}

describe('a device is ready', () => {
  it('if it is seen, can be isolated by a point that was drilled, and its images would flow', () => {
    expect(deviceReadiness(mri(), site())).toMatchObject({
      ready: true,
      see: { ok: true, sentence: 'It is at ovs-1 wl-mri; its frames are seen.' },
      isolate: { ok: true, pointIds: ['ovs-1'], modes: [{ planMode: 'filter', interruptionMs: 0 }] },
      images: { ok: true },
      domains: { ok: true, names: ['dns', 'switch'] },
      missing: [],
    });
  });

  it('F26 not where no enforcement point serves its switch: it is named, with what to do', () => {
    const seen = deviceReadiness(mri(), site({ points: [] }));
    expect(seen).toMatchObject({ ready: false, isolate: { ok: false, pointIds: [] } });
    expect(seen.missing.join()).toMatch(/No enforcement point serves ovs-1 wl-mri.*among the switches of a NAC/);
  });

  it('by a NAC that names its switch', () => {
    const nac = reported({ pointId: 'nac', switches: ['ovs-1'] });
    expect(deviceReadiness(mri(), site({ points: [nac] })).isolate).toMatchObject({ ok: true, pointIds: ['nac'] });
  });

  it.each([
    ['is not reported any more', { silent: true }, /has not reported ovs-1/],
    ['does not answer', { reachable: false, lastFailure: 'time-out' }, /does not answer \(time-out\)/],
    [
      'F14 does not know the quarantine VLAN',
      { findings: [{ check: 'quarantine VLAN 66', ok: false, detail: 'not on this switch' }] },
      /quarantine VLAN 66: not on this switch/,
    ],
    [
      'F32 refuses the secret',
      { findings: [{ check: 'secret and address accepted', ok: false, detail: 'no answer: secret or client list' }] },
      /secret or client list/,
    ],
    ['goes by a policy point that nobody reports', { policyPoint: 'radius-policy' }, /policy of radius-policy/],
  ] as const)('not by a point that %s', (_, changes, words) => {
    const seen = deviceReadiness(mri(), site({ points: [reported(changes as Partial<PointView>)] }));
    expect(seen.ready).toBe(false);
    expect(seen.missing.join()).toMatch(words);
  });

  it('not by a point that was never drilled where the policy accepts no broken link, and it says how to drill', () => {
    const worst = { usable: true, interruptionMs: 30_000, callBacks: true, keepsAddress: true, reason: null };
    const modes: PointView['modes'] = [
      { ...worst, planMode: 'filter', usable: false, reason: 'filters-one-direction' },
      { ...worst, planMode: 'vlan-bridged' },
    ];
    const seen = deviceReadiness(mri(), site({ points: [reported({ confirmed: false, modes })] }));
    expect(seen.isolate.ok).toBe(false);
    expect(seen.missing.join()).toMatch(/both directions.*cut off for 30.0 s, and the policy accepts 3.0 s/);
    expect(seen.missing.join()).toMatch(/lazaret drill ovs-1 --port wl-spare --mac 08:00:06:10:00:99/);
  });

  it('not where only a changed address is left, and it has call-backs or a fixed address', () => {
    const routed = { planMode: 'vlan-routed', usable: true, interruptionMs: 0, callBacks: false, keepsAddress: false };
    const points = [reported({ modes: [{ ...routed, planMode: 'vlan-routed', reason: null }] })];
    expect(deviceReadiness(mri(), site({ points })).missing.join()).toMatch(/not by DHCP/);
    const dhcp = { ...networkInterface('08:00:06:10:00:11', '10.10.0.11'), addressing: 'dhcp' as const };
    expect(deviceReadiness(mri({ interfaces: [dhcp] }), site({ points })).isolate.ok).toBe(true);
    const contract = { revision: 1, flows: [{ ...flow, opener: 'peer' as const }], unresolved: [] };
    expect(deviceReadiness(mri({ interfaces: [dhcp], contract }), site({ points })).missing.join()).toMatch(
      /call-backs/,
    );
  });

  it('F15 not where its permits are more than the point takes, or a peer has no address', () => {
    const flows = Array.from({ length: 6 }, (_, i) => ({ ...flow, flowId: `f${i}`, port: 104 + i }));
    const contract = { revision: 1, flows, unresolved: ['dicom-worklist RIS'] };
    const seen = deviceReadiness(mri({ contract }), site({ points: [reported({ entries: 12 })] }));
    expect(seen.images.ok).toBe(false);
    expect(seen.missing.join()).toMatch(/No address is known for dicom-worklist RIS.*6 permits need at least 13/);
  });

  it('not without a contract, an attachment, or a sensor that sees it', () => {
    const bare = deviceReadiness(mri({ contract: { revision: 0, flows: [], unresolved: [] } }), site());
    expect(bare).toMatchObject({ ready: false, images: { ok: false } });
    const lost = { ...networkInterface('08:00:06:10:00:11', null), pointId: null, port: null };
    expect(deviceReadiness(mri({ interfaces: [lost] }), site()).missing.join()).toMatch(/Nobody knows where/);
    const stale = sensor({ observedUntil: '2026-01-05T07:50:00.000Z' });
    expect(deviceReadiness(mri(), site({ sensors: [stale] })).see.ok).toBe(false);
  });

  it('though one domain alone watches it: then people decide, and it says so', () => {
    const seen = deviceReadiness(mri(), site({ sensors: [sensor(), { ...names, authenticated: false }] }));
    expect(seen).toMatchObject({ ready: true, domains: { ok: false, names: ['switch'] } });
    expect(seen.missing).toEqual([expect.stringMatching(/Only the domain switch.*mend dns-1/)]);
  });

  it('never if it is infrastructure or protected, and nothing is missing then', () => {
    expect(deviceReadiness(mri({ infrastructure: true }), site({ points: [] }))).toMatchObject({
      exempt: true,
      ready: false,
      missing: [],
    });
    expect(deviceReadiness(mri({ protected: true }), site()).isolate.sentence).toMatch(/protected/);
  });
});

describe('a point', () => {
  it('is ready if it answers, was drilled and can apply a mode', () => {
    expect(pointReadiness(reported())).toEqual({
      pointId: 'ovs-1',
      kind: 'ovs',
      model: 'ovs',
      ready: true,
      sentence: 'ovs-1 can isolate by filter (no interruption), vlan-bridged (no interruption), confirmed by drill.',
      missing: [],
    });
  });

  it('says that a test port has to be named first where none is', () => {
    const seen = pointReadiness(reported({ confirmed: false, testPorts: [] }));
    expect(seen.ready).toBe(false);
    expect(seen.missing.join()).toMatch(/name a test port in enforcement's file/);
  });
});
