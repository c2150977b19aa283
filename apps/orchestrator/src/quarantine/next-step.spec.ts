import fc from 'fast-check';
import type { Criticality, Level, ResolvedFlow } from '#events';
import { assessment, device, inForce, networkInterface } from '../testing/examples.js';
import { FLOW, situation, withProposal } from '../testing/situations.js';
import { nextStep } from './next-step.js';
import type { Quarantine, Situation } from './situation.js';

const rules = inForce();
const NOW = new Date('2026-01-05T08:05:00.000Z');
const kind = (of: Situation, now = NOW) => nextStep(rules, of, now).kind;
const why = (of: Situation) => {
  const step = nextStep(rules, of, NOW);
  return 'findings' in step ? step.findings.map(({ reason }) => reason) : [step.kind];
};
const changed = (open: Partial<Quarantine>, base = situation()) => withProposal(rules, base, open);

describe('without a quarantine', () => {
  it('proposes on evidence, and does nothing without', () => {
    expect(kind(situation())).toBe('propose');
    expect(kind(situation({ assessment: null }))).toBe('none');
    expect(kind(situation({ assessment: assessment('mri', { level: 'watch' }) }))).toBe('none');
  });

  it('names why it proposes nothing for what is never isolated', () => {
    expect(why(situation({ device: device({ infrastructure: true }) }))).toEqual(['infrastructure']);
  });

  it('F21 counts no evidence from before the last release', () => {
    const releasedAt = new Date('2026-01-05T08:02:00.000Z');
    const fresh = assessment('mri', { firstEvidenceAt: '2026-01-05T08:02:00.001Z' });
    expect(kind(situation({ releasedAt }))).toBe('none');
    expect(kind(situation({ releasedAt, assessment: fresh }))).toBe('propose');
  });

  it.each(['rejected', 'lapsed'] as const)('does not ask again on evidence on which it was %s', (decision) => {
    const decidedAt = new Date('2026-01-05T08:03:00.000Z');
    const past = { decision, level: 'isolate' as const, decidedAt };
    expect(kind(situation({ past }))).toBe('none');
    expect(kind(situation({ past: { ...past, level: 'propose' } }))).toBe('propose');
    expect(kind(situation({ past, belowProposeAt: new Date('2026-01-05T08:03:01.000Z') }))).toBe('propose');
    expect(kind(situation({ past: { ...past, decision: 'withdrawn' as never } }))).toBe('propose');
  });
});

describe('a proposal', () => {
  it('is decided by the policy when the plan is there and nothing speaks against it', () => {
    expect(kind(withProposal(rules))).toBe('approve');
    expect(why(changed({ plan: null }))).toEqual(['plan-pending']);
  });

  it.each<[string, Situation]>([
    ['single-domain', withProposal(rules, situation({ assessment: assessment('mri', { mayActAlone: false }) }))],
    ['life-critical', withProposal(rules, situation({ device: device({ criticality: 'life-critical' }) }))],
    ['kill-switch-on', withProposal(rules, situation({ killSwitch: true }))],
    ['held', withProposal(rules, situation({ held: true }))],
    [
      'no-contract',
      withProposal(rules, situation({ contract: { revision: 1, flows: [], unresolved: [], unresolvedRequired: [] } })),
    ],
    [
      'rule-asks-people',
      withProposal(rules, situation({ assessment: assessment('mri', { level: 'propose', logOdds: -2 }) })),
    ],
    [
      'required-flow-cut',
      withProposal(
        rules,
        situation({ contract: { revision: 1, flows: [FLOW], unresolved: ['hl7 B'], unresolvedRequired: ['hl7 B'] } }),
      ),
    ],
    [
      'late-contract',
      withProposal(
        rules,
        situation({
          contract: {
            revision: 1,
            flows: [{ ...FLOW, resolvedBy: 'dns-1-leases', resolvedAt: '2026-01-05T08:01:00.001Z' }],
            unresolved: [],
            unresolvedRequired: [],
          },
        }),
      ),
    ],
  ])('is left to people: %s', (reason, of) => {
    expect(kind(of)).not.toBe('approve');
    expect(why(of)).toContain(reason);
  });

  it('is left to people when its plan is impossible, cuts a required flow or interrupts too long', () => {
    const { plan } = withProposal(rules).open!;
    const planned = (changes: Partial<NonNullable<Quarantine['plan']>>) =>
      why(changed({ plan: { ...plan!, ...changes } }));
    expect(planned({ possible: false })).toEqual(['plan-impossible']);
    expect(planned({ cut: ['f1'] })).toEqual(['required-flow-cut']);
    expect(planned({ interruptionMs: 1 })).toEqual(['interruption-too-long']);
  });

  it('is withdrawn when the evidence falls, unless a person asked for it', () => {
    const low = situation({ assessment: assessment('mri', { level: 'watch', logOdds: -15 }) });
    expect(kind(changed({}, low))).toBe('withdraw');
    expect(kind(changed({ requestedBy: 'olga' }, low))).not.toBe('withdraw');
  });

  it('is withdrawn when the device becomes infrastructure, whoever asked', () => {
    expect(kind(changed({ requestedBy: 'olga' }, situation({ device: device({ infrastructure: true }) })))).toBe(
      'withdraw',
    );
  });

  it('lapses in time, and not before', () => {
    const asked = changed({ plan: null });
    expect(kind(asked, new Date('2026-01-05T12:01:00.999Z'))).toBe('none');
    expect(kind(asked, new Date('2026-01-05T12:01:01.000Z'))).toBe('lapse');
  });

  it.each<[string, Partial<Quarantine>, Situation]>([
    ['the policy', { policyVersion: 'sha256:old' }, situation()],
    ['the contract', { permits: [] }, situation()],
    [
      'an interface',
      {},
      situation({ device: device({ interfaces: [networkInterface('08:00:06:10:00:99', '10.10.0.11')] }) }),
    ],
    ['the epoch', { epoch: 0 }, situation()],
  ])('gets a new plan when %s changes', (what, open, base) => {
    const of = what === 'an interface' ? changed({ macs: ['08:00:06:10:00:11'] }, base) : changed(open, base);
    expect(kind(of)).toBe('renew');
  });

  it('keeps the newest assessment, without asking for a new plan', () => {
    const before = withProposal(rules, situation({ assessment: assessment('mri', { level: 'propose', logOdds: -2 }) }));
    const more = assessment('mri', { level: 'propose', logOdds: 1 });
    expect(kind({ ...before, assessment: more })).toBe('reweigh');
  });
});

describe('what was decided', () => {
  const approved = { decision: 'approved' as const, reviewAt: new Date('2026-01-08T08:00:00.000Z') };

  it('is never undone by time or by decayed evidence', () => {
    const later = new Date('2026-02-01T00:00:00.000Z');
    expect(kind(changed(approved, situation({ assessment: null })), later)).toBe('review-due');
    expect(kind(changed({ ...approved, reviewDue: true }, situation({ assessment: null })), later)).toBe('none');
  });

  it('is closed after its probation, once the overlay is known to be gone', () => {
    const closeAt = new Date('2026-01-05T08:04:00.000Z');
    const base = situation({ releasedAt: new Date('2026-01-05T08:03:00.000Z') });
    expect(kind(changed({ decision: 'released', closeAt, truth: 'acknowledged' }, base))).toBe('none');
    expect(kind(changed({ decision: 'released', closeAt, truth: 'proven' }, base))).toBe('close');
  });
});

it('never lets the policy isolate what it must not, whatever else is true', () => {
  // Each fact mostly speaks for an isolation, so that each of the others is often the only one against it.
  const mostly = <T>(usual: T, ...others: T[]) =>
    fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
  const cases = fc.record({
    infrastructure: mostly(false, true),
    criticality: mostly<Criticality>('routine', 'important', 'life-critical'),
    protectedDevice: mostly(false, true),
    killSwitch: mostly(false, true),
    held: mostly(false, true),
    mayActAlone: mostly(true, false),
    level: mostly<Level>('isolate', 'propose', 'watch', 'none'),
    flows: mostly<ResolvedFlow[]>([FLOW], []),
    unresolvedRequired: mostly<string[]>([], ['hl7 B']),
    possible: mostly(true, false),
    cut: mostly<string[]>([], ['f1']),
    hasPlan: mostly(true, false),
    minutes: fc.integer({ min: 0, max: 600 }),
  });
  const forbidding = inForce({
    ...{
      version: 1,
      rules: [
        { name: 'all', when: { level: 'isolate' }, then: 'isolate' },
        { name: 'ask', when: { level: 'propose' }, then: 'propose' },
      ],
    },
    protected: { assets: ['north/KEPT'] },
  });
  let approvals = 0;
  fc.assert(
    fc.property(cases, (c) => {
      const made = device({
        deviceId: 'mri',
        infrastructure: c.infrastructure,
        criticality: c.criticality,
        asset: c.protectedDevice ? 'KEPT' : 'MRI-3',
      });
      const base = situation({
        device: made,
        killSwitch: c.killSwitch,
        held: c.held,
        assessment: assessment('mri', {
          level: c.level,
          mayActAlone: c.mayActAlone,
          firstEvidenceAt: '2026-01-05T08:01:00.000Z',
        }),
        contract: { revision: 1, flows: c.flows, unresolved: [], unresolvedRequired: c.unresolvedRequired },
      });
      const of = withProposal(forbidding, base);
      const open = of.open!;
      const plan = c.hasPlan ? { ...open.plan!, possible: c.possible, cut: c.cut } : null;
      const step = nextStep(
        forbidding,
        { ...of, open: { ...open, plan } },
        new Date(NOW.getTime() + c.minutes * 60_000),
      );
      if (step.kind !== 'approve') return;
      approvals += 1;
      expect(c).toMatchObject({
        infrastructure: false,
        protectedDevice: false,
        killSwitch: false,
        held: false,
        mayActAlone: true,
        level: 'isolate',
        flows: [FLOW],
        unresolvedRequired: [],
        possible: true,
        hasPlan: true,
        cut: [],
      });
      expect(c.criticality).not.toBe('life-critical');
    }),
    { numRuns: 20_000 },
  );
  expect(approvals).toBeGreaterThan(500);
});
