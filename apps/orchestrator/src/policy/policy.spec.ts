import { assessment, device } from '../testing/examples.js';
import { evaluate, isProtected, levelOf } from './evaluate.js';
import { parsePolicy } from './parse-policy.js';
import { freshInstall, policyFile, policyVersion } from './policy.js';

const rule = (changes: object) => ({ name: 'r', when: { level: 'isolate' }, then: 'isolate', ...changes });
const policy = (...rules: object[]) => policyFile.parse({ version: 1, rules });
const mri = device();
const grave = assessment(mri.deviceId);

it('observes and proposes on a fresh install, and isolates nothing by itself', () => {
  expect(evaluate(freshInstall, mri, grave)).toMatchObject({ outcome: 'propose', rule: 'ask-people' });
  expect(evaluate(freshInstall, mri, { ...grave, level: 'watch' }).outcome).toBe('observe');
  expect(evaluate(freshInstall, mri, null).outcome).toBe('observe');
});

it('names every mistake of a file by its place', () => {
  const text = `
version: 1
levels: { isolate: 12 }
defaults: { lapseAfter: 4 hours, colour: red }
rules:
  - { name: Two Words, when: { level: isolate }, then: isolate }
  - { name: twice, when: { level: propose }, then: isolate }
  - { name: twice, when: { level: grave }, then: propose }
protected: { macs: [08-00-06-10-00-11], assets: [MRI-3] }
limits: { site: -1, hospital: 3 }
`;
  const result = parsePolicy(text);
  if (result.ok) throw new Error('it was taken');
  expect(result.problems.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'levels.isolate',
      'defaults.lapseAfter',
      'defaults',
      'rules.0.name',
      'rules.1.then',
      'rules.2.when.level',
      'protected.macs.0',
      'protected.assets.0',
      'limits.site',
      'limits',
    ]),
  );
});

it('names a rule that is there twice, and a file that is no YAML', () => {
  expect(
    parsePolicy(
      'version: 1\nrules:\n  - {name: a, when: {level: propose}, then: propose}\n  - {name: a, when: {level: watch}, then: observe}',
    ),
  ).toMatchObject({
    problems: [{ path: 'rules.1.name' }],
  });
  expect(parsePolicy('version: [').ok).toBe(false);
  expect(parsePolicy('').ok).toBe(false);
});

it('has one version however the file is written, and another when a rule changes', () => {
  const a = parsePolicy('version: 1\nlimits: {site: 5, ward: 2}');
  const b = parsePolicy('# the same\nlimits:\n  ward: 2\nversion: 1');
  const c = parsePolicy('version: 1\nlimits: {site: 6}');
  if (!a.ok || !b.ok || !c.ok) throw new Error('a policy was refused');
  expect(policyVersion(a.policy)).toBe(policyVersion(b.policy));
  expect(policyVersion(c.policy)).not.toBe(policyVersion(a.policy));
});

it('raises a level, and never lowers one', () => {
  const raised = policyFile.parse({ version: 1, levels: { isolate: 25, propose: 0 } });
  const levels = [20, 30].map((logOdds) => levelOf(raised, { level: 'isolate', logOdds }));
  expect(levels).toEqual(['propose', 'isolate']);
  expect(levelOf(raised, { level: 'propose', logOdds: -5 })).toBe('watch');
  expect(levelOf(raised, { level: 'none', logOdds: 50 })).toBe('none');
});

it.each([
  ['site', { site: ['south'] }],
  ['ward', { ward: ['surgery'] }],
  ['modality', { modality: ['CT'] }],
  ['criticality', { criticality: ['routine'] }],
  ['exposure', { exposure: 'reachable-hole' }],
  ['trust domains by name', { trustDomains: ['switch', 'zeek'] }],
  ['trust domains by number', { atLeastTrustDomains: 3 }],
])('applies a rule only where its %s holds', (_, when) => {
  expect(evaluate(policy(rule({ when: { level: 'isolate', ...when } })), mri, grave).outcome).toBe('observe');
});

it('lets the first rule that matches decide, with its own terms over the defaults', () => {
  const strict = policyFile.parse({
    version: 1,
    defaults: { requireQuarantineVlan: true, lapseAfter: '1h' },
    rules: [
      rule({ name: 'ct', when: { level: 'propose', modality: ['CT'] }, then: 'propose' }),
      rule({
        name: 'mr',
        when: { level: 'propose', modality: ['MR'] },
        then: 'propose',
        lapseAfter: '30m',
        approvals: { count: 2, role: 'approver' },
      }),
      rule({ name: 'all' }),
    ],
  });
  const { rule: name, terms } = evaluate(strict, mri, grave);
  expect(name).toBe('mr');
  expect(terms).toMatchObject({
    requireQuarantineVlan: true,
    lapseAfter: 1_800_000,
    reviewAfter: 259_200_000,
    approvals: { count: 2 },
  });
});

it('asks two people for a life-critical device, whatever the rule says', () => {
  const verdict = evaluate(
    policy(rule({ approvals: { count: 1, role: 'approver' } })),
    { ...mri, criticality: 'life-critical' },
    grave,
  );
  expect(verdict.terms.approvals.count).toBe(2);
});

it('knows a protected device by its asset or by one of its MACs', () => {
  const list = (entries: object) => policyFile.parse({ version: 1, protected: entries });
  expect(isProtected(list({ assets: ['north/MRI-3'] }), mri)).toBe(true);
  expect(isProtected(list({ assets: ['south/MRI-3'] }), mri)).toBe(false);
  expect(isProtected(list({ macs: ['08:00:06:10:00:11'] }), mri)).toBe(true);
  expect(isProtected(list({}), mri)).toBe(false);
});
