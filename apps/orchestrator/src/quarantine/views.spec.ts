import type { SeenCondition } from '#events';
import { device, inForce, seenOf } from '../testing/examples.js';
import { withProposal } from '../testing/situations.js';
import { applyOf } from '../wanted/wish.js';
import { quarantineEvent } from './quarantine-event.js';
import { compareConditions } from './report.js';
import { timelineOf } from './timeline.js';
import { sheetName, sheetText } from './undo-sheet.js';
import { isKept } from './view.js';

const { open, device: mri } = withProposal(inForce());
const quarantine = { ...open!, decision: 'approved' as const };
const occasion = {
  change: 'approved' as const,
  actor: { name: 'ann', role: 'approver' as const },
  reason: 'go',
  at: new Date('2026-01-05T08:02:00.000Z'),
  conditions: [],
  approvalsGiven: 1,
};

it('tells in an event what is kept and cut, where to decide and how to undo', () => {
  const cut = { ...quarantine, logOdds: 13.149, plan: { ...quarantine.plan!, cut: ['f1'] } };
  expect(quarantineEvent(quarantine, mri, occasion).data).toMatchObject({
    kept: 1,
    cut: 0,
    actor: 'ann',
    undo: 'lazaret undo --offline MRI-3',
  });
  expect(quarantineEvent(cut, mri, occasion).data).toMatchObject({ kept: 0, cut: 1, logOdds: 13.1 });
});

it('puts decisions and steps on the wire into the order in which they happened', () => {
  const seen = seenOf(applyOf(quarantine, false));
  const [one] = seen.interfaces;
  const interfaces = [
    {
      ...one!,
      permitsInAt: '2026-01-05T08:02:00.030Z',
      movedAt: '2026-01-05T08:02:00.060Z',
      acknowledgedAt: '2026-01-05T08:02:00.090Z',
      containedAt: null,
      clinicalAt: null,
    },
  ];
  const proven = quarantineEvent({ ...quarantine, truth: 'proven' }, mri, {
    ...occasion,
    change: 'truth-changed',
    at: new Date('2026-01-05T08:02:01.000Z'),
  });
  const timeline = timelineOf([quarantineEvent(quarantine, mri, occasion), proven], interfaces);
  expect(timeline.map(({ kind }) => kind)).toEqual([
    'approved',
    'permits-in',
    'port-moved',
    'acknowledged',
    'truth-changed',
  ]);
  expect(timeline[2]?.detail).toBe('08:00:06:10:00:11 at ovs-1 wl-mri, VLAN 66');
});

describe('conditions', () => {
  const condition = (name: SeenCondition['condition'], observer = 'enforcement'): SeenCondition => ({
    condition: name,
    reason: 'r',
    since: '2026-01-05T08:02:00.000Z',
    observer,
  });

  it('come and go as enforcement reports them', () => {
    const change = compareConditions([condition('Blind')], [condition('Drifted')]);
    expect(change).toMatchObject({
      set: [condition('Drifted')],
      cleared: [{ condition: 'Blind' }],
      begun: [condition('Drifted')],
      changed: true,
    });
  });

  it('that are our own are not its matter', () => {
    const due = condition('ReviewDue', 'orchestrator');
    expect(compareConditions([due], [])).toMatchObject({ cleared: [], changed: false });
    expect(compareConditions([due], [condition('Held', 'orchestrator')])).toMatchObject({ changed: true });
  });

  it('that stay are no change', () => {
    expect(compareConditions([condition('Blind')], [condition('Blind')])).toEqual({
      set: [],
      cleared: [],
      begun: [],
      changed: false,
    });
  });
});

it('keeps a flow only where a permit says so that the plan does not cut', () => {
  const flow = {
    day: '2026-01-05',
    peerAddress: '10.20.0.10',
    peerName: null,
    transport: 'tcp',
    port: 104,
    opener: 'device' as const,
    frames: 1,
    octets: 1,
    lastSeen: '',
  };
  expect(isKept(flow, quarantine)).toBe(true);
  expect(isKept({ ...flow, port: 445 }, quarantine)).toBe(false);
  expect(isKept({ ...flow, opener: 'peer' }, quarantine)).toBe(false);
  expect(isKept(flow, { ...quarantine, plan: { ...quarantine.plan!, cut: ['f1'] } })).toBe(false);
});

it('writes an undo sheet under a name that leads nowhere else', () => {
  const odd = device({ deviceId: 'd-1', asset: '../../etc/passwd', name: 'MRI\nrm -rf' });
  expect(sheetName(odd)).toMatch(/^[A-Za-z0-9._-]+$/);
  expect(sheetName(odd)).not.toMatch(/^\./);
  const lines = sheetText(odd, 'q1', ['ovs-vsctl set port a tag=10']).split('\n');
  expect(lines.filter((line) => !line.startsWith('#') && line !== '')).toEqual(['ovs-vsctl set port a tag=10']);
});
