import { FakePoint, fakeFacts, pointOf } from '../../test/fake-point.js';
import { MRI, Scene } from '../../test/scene.js';
import { planInput } from '../plan/plan-input.js';
import { plan } from '../plan/plan.js';
import { interlocked } from './interlocks.js';
import type { Interlocks, Question } from './refusal.js';

const none: Interlocks = { protectedMacs: [], infrastructureMacs: [], isolationsAnHour: 10 };

async function question(changes: Partial<Question> = {}, point?: FakePoint): Promise<Question> {
  const scene = new Scene();
  await scene.want();
  const known = await scene.store.load('any');
  const { wanted } = scene.disk;
  if (!known || !wanted) throw new Error('nothing is known');
  const points = new Map([['sw-1', pointOf(scene.point)]]);
  const planned = plan(planInput(known, wanted, new Map([['sw-1', await scene.point.read()]]), points)).interfaces[0];
  if (!planned) throw new Error('nothing is planned');
  const reading = await (point ?? scene.point).read();
  const { location, neighbours } = known;
  const base = { planned, location, neighbours, reading, facts: fakeFacts, perSession: false, applied: false };
  return { ...base, interlocks: none, ...changes };
}

describe('interlocks', () => {
  it('let an ordinary device on an access port of its own pass', async () => {
    expect(interlocked(await question())).toBeNull();
  });

  it.each([
    ['a protected MAC', { interlocks: { ...none, protectedMacs: [MRI] } }, 'protected-mac'],
    ['a MAC declared infrastructure', { interlocks: { ...none, infrastructureMacs: [MRI] } }, 'infrastructure'],
  ])('refuse %s', async (_, changes, reason) => {
    expect(interlocked(await question(changes))).toMatchObject({ mac: MRI, reason });
  });

  it('refuse what discovery calls infrastructure', async () => {
    const { location, ...rest } = await question();
    if (!location) throw new Error('no location');
    expect(interlocked({ ...rest, location: { ...location, infrastructure: true } })?.reason).toBe('infrastructure');
  });

  it('F20 refuse the gateway, its port and a trunk, by their own eyes', async () => {
    const asked = await question();
    const asGateway = { ...asked.planned, mac: '00:16:3e:00:00:10' };
    expect(interlocked({ ...asked, planned: asGateway })?.message).toContain('gateway of VLAN 10');
    const behindGateway = { ...asked.planned, port: 'r10' };
    expect(interlocked({ ...asked, planned: behindGateway })?.message).toContain('a gateway is behind');
    const trunk = new FakePoint(() => new Date()).plug('mri', 10, null, true);
    expect(interlocked(await question({}, trunk))?.message).toContain('trunk');
  });

  it('F8 F9 F20 refuse a port with infrastructure or another device behind it, but not once it is isolated there', async () => {
    const uplink = new FakePoint(() => new Date()).plug('mri', 10, [MRI, '00:16:3e:00:00:20']);
    expect(interlocked(await question({}, uplink))?.reason).toBe('infrastructure');
    const shared = new FakePoint(() => new Date()).plug('mri', 10, [MRI, '00:00:5e:00:53:01']);
    expect(interlocked(await question({}, shared))?.reason).toBe('several-macs');
    expect(interlocked(await question({ applied: true }, shared))).toBeNull();
    expect(interlocked(await question({ perSession: true }, shared))).toBeNull();
  });
});
