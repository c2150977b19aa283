import fc from 'fast-check';
import type { LoggedLookUp } from '../sensors/dnsmasq/query-pairing.js';
import { LookUpBinding, WAIT_MS, WELL_WITHIN_MS } from './look-ups.js';

const mri = { deviceId: 'mri', binding: 'bound' } as const;

function asked(at: number, port = 5000, name = 'a.example'): LoggedLookUp {
  const who = { client: '10.10.0.11', port, name, queryType: 'A' };
  return { position: ['log', at], ...who, answer: null, at, receivedAt: at };
}

describe('a look-up', () => {
  it('is told as soon as its record and its answer are both there, whichever comes first', () => {
    const first = new LookUpBinding();
    expect(first.recorded('10.10.0.11', 5000, mri, 0)).toEqual([]);
    expect(first.asked('1/1', asked(1))).toEqual([]);
    expect(first.answered('1/1', 'nxdomain', 2)).toMatchObject([
      { boundTo: mri, answer: 'nxdomain', resolverWell: true, receivedAt: 2 },
    ]);
    const last = new LookUpBinding();
    last.asked('1/1', asked(0));
    expect(last.answered('1/1', 'answered', 1)).toEqual([]);
    expect(last.recorded('10.10.0.11', 5000, mri, 2)).toMatchObject([{ boundTo: mri, answer: 'answered' }]);
    expect(last.tick(60_000)).toEqual([]);
  });

  it('without a record is told after two seconds, bound by nothing', () => {
    const binding = new LookUpBinding();
    binding.asked('1/1', asked(0));
    binding.answered('1/1', 'nxdomain', 1);
    expect(binding.tick(WAIT_MS - 1)).toEqual([]);
    expect(binding.tick(WAIT_MS)).toMatchObject([{ boundTo: null, answer: 'nxdomain' }]);
  });

  it('without an answer is silent, and says whether the resolver answers anybody', () => {
    const dead = new LookUpBinding();
    dead.recorded('10.10.0.11', 5000, mri, 0);
    dead.asked('1/1', asked(0));
    expect(dead.tick(WAIT_MS)).toMatchObject([{ answer: 'silent', resolverWell: false }]);
    const well = new LookUpBinding();
    well.asked('1/1', asked(0, 5000));
    well.answered('1/2', 'answered', 1500);
    expect(well.tick(WAIT_MS)).toMatchObject([{ answer: 'silent', resolverWell: true }]);
  });

  it('does not call a resolver well for what it answered long ago, nor for a failure', () => {
    const binding = new LookUpBinding();
    binding.answered('1/0', 'answered', 0);
    binding.asked('1/1', asked(WELL_WITHIN_MS + 1));
    binding.answered('1/2', 'servfail', WELL_WITHIN_MS + 2);
    expect(binding.tick(WELL_WITHIN_MS + 1 + WAIT_MS)).toMatchObject([{ resolverWell: false }]);
  });

  it('is bound by any record of its port, as clients send several questions from one', () => {
    const binding = new LookUpBinding();
    binding.recorded('10.10.0.11', 5000, mri, 0);
    binding.asked('1/1', asked(1, 5000, 'a.example'));
    binding.asked('1/2', asked(1, 5000, 'b.example'));
    const told = [...binding.answered('1/1', 'nxdomain', 2), ...binding.answered('1/2', 'nxdomain', 2)];
    expect(told.map(({ lookUp, boundTo }) => [lookUp.name, boundTo])).toEqual([
      ['a.example', mri],
      ['b.example', mri],
    ]);
  });

  it('is not bound by a record of another port, nor by one of long ago', () => {
    const binding = new LookUpBinding();
    binding.recorded('10.10.0.11', 5000, mri, 0);
    binding.asked('1/1', asked(10_000, 5000));
    binding.asked('1/2', asked(10_000, 5001));
    const told = binding.tick(10_000 + WAIT_MS);
    expect(told.map(({ boundTo }) => boundTo)).toEqual([null, null]);
  });

  it('is told exactly once, whatever comes in whatever order', () => {
    const step = fc.record({
      what: fc.constantFrom('asked', 'answered', 'recorded'),
      id: fc.integer({ min: 1, max: 5 }),
      wait: fc.integer({ min: 0, max: 900 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const binding = new LookUpBinding();
        const wanted = new Set<string>();
        const told: string[] = [];
        let now = 0;
        for (const { what, id, wait } of steps) {
          now += wait;
          const facts = binding.tick(now);
          const key = `1/${id}`;
          if (what === 'asked' && !wanted.has(key)) {
            wanted.add(key);
            facts.push(...binding.asked(key, asked(now, 5000 + id, `n${id}.example`)));
          }
          if (what === 'answered') facts.push(...binding.answered(key, 'nxdomain', now));
          if (what === 'recorded') facts.push(...binding.recorded('10.10.0.11', 5000 + id, mri, now));
          told.push(...facts.map(({ lookUp }) => `1/${lookUp.name[1]}`));
        }
        told.push(...binding.tick(now + WAIT_MS).map(({ lookUp }) => `1/${lookUp.name[1]}`));
        expect(told.sort()).toEqual([...wanted].sort());
      }),
    );
  });
});
