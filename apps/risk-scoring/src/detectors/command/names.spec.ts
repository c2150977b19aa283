import { lookUp, MRI, Scene, wormNames } from '../../../test/observing.js';
import { DAY_MS } from './conficker/generator.js';

const failing = (i: number) => `xkqzv${i}.info`;

describe('conficker-names', () => {
  it.each(['nxdomain', 'silent', 'servfail', 'answered'] as const)('weighs a name by 16 dB when it is %s', (answer) => {
    const [found] = new Scene().sees(MRI, lookUp(0, wormNames[0]!, { answer, resolverWell: false }));
    expect(found).toMatchObject({ detector: 'conficker-names', decibans: 16, trustDomain: 'dns' });
  });

  it('weighs each distinct name once in 24 h, in any spelling', () => {
    const scene = new Scene();
    const name = wormNames[0]!;
    const weighed = [name, `${name}.`, name.toUpperCase(), wormNames[1]!].map(
      (n) => scene.sees(MRI, lookUp(0, n)).length,
    );
    expect(weighed).toEqual([1, 0, 0, 1]);
  });

  it('is never counted as a failing name too', () => {
    const scene = new Scene();
    scene.sees(MRI, ...wormNames.slice(0, 12).map((name) => lookUp(0, name)));
    expect(scene.assessment(MRI, 0).parts.map((part) => part.detector)).toEqual(['conficker-names']);
  });

  it('knows yesterday and tomorrow, not the day after', () => {
    const weighed = [-2, -1, 0, 1, 2].map((days) => {
      const at = (days * DAY_MS) / 1000;
      const seen = new Scene().sees(MRI, lookUp(at, wormNames[0]!));
      return seen.length;
    });
    expect(weighed).toEqual([0, 1, 1, 1, 0]);
  });
});

describe('failing-names', () => {
  const look = (scene: Scene, names: string[], differences = {}) =>
    names.map((name, i) => scene.sees(MRI, lookUp(i, name, differences)).map((found) => found.decibans));

  it('weighs 20 dB at the tenth domain within an hour and 1 dB for each further one', () => {
    const found = look(
      new Scene(),
      Array.from({ length: 12 }, (_, i) => failing(i)),
    );
    expect(found.slice(0, 9).flat()).toEqual([]);
    expect(found.slice(9)).toEqual([[20], [1], [1]]);
  });

  it('counts a domain, not its hosts: country domains with two labels are understood', () => {
    const found = look(
      new Scene(),
      Array.from({ length: 20 }, (_, i) => `h${i}.clinic.co.uk`),
    );
    expect(found.flat()).toEqual([]);
    const domains = look(
      new Scene(),
      Array.from({ length: 10 }, (_, i) => `www.clinic${i}.co.uk`),
    );
    expect(domains.flat()).toEqual([20]);
  });

  it('does not count reverse look-ups, single labels and the suffixes of the site', () => {
    const names = Array.from({ length: 12 }, (_, i) => [`${i}.0.10.10.in-addr.arpa`, `printer${i}`, `x${i}.ward.test`]);
    expect(look(new Scene(), names.flat()).flat()).toEqual([]);
  });

  it('counts a silence only while the resolver answers others, and never a SERVFAIL', () => {
    const names = Array.from({ length: 12 }, (_, i) => failing(i));
    expect(look(new Scene(), names, { answer: 'silent', resolverWell: false }).flat()).toEqual([]);
    expect(look(new Scene(), names, { answer: 'servfail' }).flat()).toEqual([]);
    expect(look(new Scene(), names, { answer: 'silent' }).flat()).toEqual([20, 1, 1]);
  });

  it('takes the silence of a domain that has answered within a day for a lost answer, NXDOMAIN never', () => {
    const scene = new Scene();
    const names = Array.from({ length: 12 }, (_, i) => failing(i));
    look(scene, names, { answer: 'answered' });
    expect(look(scene, names, { answer: 'silent' }).flat()).toEqual([]);
    expect(look(scene, names, { answer: 'nxdomain' }).flat()).toEqual([20, 1, 1]);
  });

  it('forgets a domain after an hour, and crosses its threshold at most once an hour', () => {
    const scene = new Scene();
    const every = (seconds: number, count: number, from: number) =>
      Array.from({ length: count }, (_, i) => scene.sees(MRI, lookUp(from + i * seconds, failing(from + i)))).flat();
    expect(every(450, 30, 0)).toEqual([]);
    const dense = every(350, 40, 100_000).map((found) => found.decibans);
    expect(dense.filter((decibans) => decibans === 20).length).toBeLessThanOrEqual(4);
  });
});

describe('a resolver that dies', () => {
  const benign = (i: number) => `updates${i}.example.net`;

  it('raises no device by 6 dB, and with it back the worm is found', () => {
    const scene = new Scene();
    const dead = { answer: 'silent', resolverWell: false } as const;
    for (let i = 0; i < 50; i++) scene.sees(MRI, lookUp(i, benign(i), dead));
    expect(scene.assessment(MRI, 50).counted).toBeLessThan(6);
    scene.sees(MRI, lookUp(60, wormNames[0]!), lookUp(60.2, wormNames[1]!));
    expect(scene.assessment(MRI, 61).counted).toBeCloseTo(32, 1);
  });
});
