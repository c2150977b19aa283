import { readFileSync } from 'node:fs';
import { wardSource } from '../programs.js';
import { parseProfile } from './profile.js';
import { ascending, inTurn, neighbourEntries, randomOutside, strangerMac } from './targets.js';

function take<T>(count: number, from: Iterator<T, unknown>): T[] {
  return Array.from({ length: count }, () => from.next().value as T);
}

describe("the worm's targets", () => {
  it('begin with the gateway, ascend through the subnet without the own address, and begin again', () => {
    const targets = take(254, ascending('10.10.0.3'));
    expect(targets.slice(0, 3)).toEqual(['10.10.0.1', '10.10.0.2', '10.10.0.4']);
    expect(targets.slice(252)).toEqual(['10.10.0.254', '10.10.0.1']);
    expect(new Set(targets).has('10.10.0.3')).toBe(false);
  });

  it('outside are public addresses, the same for the same seed, and never the outside sites', () => {
    const addresses = take(5000, randomOutside(7));
    expect(addresses).toEqual(take(5000, randomOutside(7)));
    expect(addresses).not.toEqual(take(5000, randomOutside(8)));
    expect(new Set(addresses).size).toBeGreaterThan(4990);
    const special = /^(0|10|127|22[4-9]|2[345]\d|169\.254|192\.168|203\.0\.113|172\.(1[6-9]|2\d|3[01]))\./;
    expect(addresses.filter((address) => special.test(address))).toEqual([]);
  });

  it('are all permanent neighbours, so that an attempt leaves the host when nobody may answer its ARP', () => {
    const known = [{ address: '10.10.0.13', mac: '08:00:06:10:00:13', linkLocal: 'fe80::1' }];
    const entries = neighbourEntries('10.10.0.11', known, 'wl-e0');
    expect(entries).toHaveLength(254);
    expect(entries).toContain('neigh replace 10.10.0.13 lladdr 08:00:06:10:00:13 dev wl-e0 nud permanent');
    expect(entries).toContain('neigh replace fe80::1 lladdr 08:00:06:10:00:13 dev wl-e0 nud permanent');
    expect(entries).toContain(`neigh replace 10.10.0.77 lladdr ${strangerMac('10.10.0.77')} dev wl-e0 nud permanent`);
    expect(entries.some((line) => line.includes(' 10.10.0.11 '))).toBe(false);
  });

  it('in turn repeat for ever, and an empty list has none', () => {
    expect(take(5, inTurn(['a', 'b']))).toEqual(['a', 'b', 'a', 'b', 'a']);
    expect(inTurn([]).next().done).toBe(true);
  });
});

describe("a worm's profile", () => {
  it.each(['conficker', 'slow'])('%s is well formed', (name) => {
    expect(parseProfile(readFileSync(wardSource(`profiles/${name}.yaml`), 'utf8')).name).toBe(name);
  });

  it('is refused with the name of an unknown field', () => {
    const text = readFileSync(wardSource('profiles/slow.yaml'), 'utf8');
    expect(() => parseProfile(`${text}\npayload: x\n`)).toThrow(/payload/);
  });
});
