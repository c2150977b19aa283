import { device, planFor } from '../testing/examples.js';
import { inForce } from '../testing/examples.js';
import { previewOf } from '../wanted/wish.js';
import { withProposal } from '../testing/situations.js';
import { scopesOf, windowOf } from './scopes.js';

const limits = { site: 5, ward: 2, modality: 2, point: 3 };
const plan = planFor(previewOf(withProposal(inForce()).open!, false));

it('counts an isolation at its site, ward, modality and each point, always in one order', () => {
  const [one] = plan.interfaces;
  const two = {
    interfaces: [
      { ...one!, pointId: 'z' },
      { ...one!, pointId: 'a' },
      { ...one!, pointId: 'z' },
    ],
  };
  expect(scopesOf(limits, device(), two).map(({ scope }) => scope)).toEqual([
    'modality/north/MR',
    'point/a',
    'point/z',
    'site/north',
    'ward/north/radiology',
  ]);
});

it('counts no ward or modality that nobody named', () => {
  expect(scopesOf(limits, device({ ward: '', modality: '' }), plan).map(({ scope }) => scope)).toEqual([
    'point/ovs-1',
    'site/north',
  ]);
});

it('has whole hours as windows', () => {
  expect(windowOf(new Date('2026-01-05T08:59:59.999Z')).toISOString()).toBe('2026-01-05T08:00:00.000Z');
  expect(windowOf(new Date('2026-01-05T09:00:00.000Z')).toISOString()).toBe('2026-01-05T09:00:00.000Z');
});
