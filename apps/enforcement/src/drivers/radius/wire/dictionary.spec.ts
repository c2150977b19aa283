import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vendorAttributes } from './attribute.js';
import { ATTRIBUTES, encodeNamed, type AttributeName, type Definition } from './dictionary.js';

const data = process.env['LAZARET_DATA'] ?? join(process.cwd(), '../shared/data');
const folder = join(data, 'nac/radius-dictionaries');
const given = existsSync(folder);
if (!given) console.warn(`skipped: no dictionaries in ${folder}`);

/** Name → vendor, number and type, as FreeRADIUS's dictionary files give them. */
function published(): Map<string, string> {
  // RFC 3162 section 2.1 is not among the files.
  const found = new Map([['NAS-IPv6-Address', 'none 95 ipv6addr']]);
  for (const file of readdirSync(folder)) {
    const vendors = new Map<string, string>();
    let vendor = 'none';
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      const [word, name = '', number = '', type = '', flags = ''] = line.trim().split(/\s+/);
      if (word === 'VENDOR') vendors.set(name, number);
      if (word === 'BEGIN-VENDOR') vendor = vendors.get(name) ?? 'unknown';
      if (word === 'END-VENDOR') vendor = 'none';
      if (word === 'ATTRIBUTE') found.set(name, [vendor, number, kindOf(type, flags)].join(' '));
    }
  }
  return found;
}

function kindOf(type: string, flags: string): string {
  return flags.includes('has_tag') ? `tagged-${type}` : type;
}

(given ? describe : describe.skip)('the dictionary', () => {
  it.each(Object.entries(ATTRIBUTES))('has %s as it is published', (name, { vendor, type, kind }: Definition) => {
    expect(`${name} ${published().get(name)}`).toBe(`${name} ${[vendor ?? 'none', type, kind].join(' ')}`);
  });
});

describe('an attribute by its name', () => {
  const hex = (name: AttributeName, value: string | number): string => {
    const { type, value: octets } = encodeNamed([name, value]);
    return `${type} ${octets.toString('hex')}`;
  };

  it('is written as its type says', () => {
    expect(hex('Calling-Station-Id', 'AB')).toBe('31 4142');
    expect(hex('NAS-IP-Address', '10.99.0.2')).toBe('4 0a630002');
    expect(hex('NAS-IPv6-Address', 'fd00::2')).toBe('95 fd000000000000000000000000000002');
    expect(hex('NAS-IPv6-Address', '::1')).toBe('95 00000000000000000000000000000001');
    expect(hex('NAS-Port', 7)).toBe('5 00000007');
    expect(hex('Tunnel-Type', 13)).toBe('64 0000000d');
    expect(hex('Tunnel-Private-Group-Id', '66')).toBe('81 3636');
    expect(hex('Cisco-AVPair', 'x=y')).toBe('26 000000090105783d79');
    expect(vendorAttributes([encodeNamed(['Aruba-Port-Bounce-Host', 12])])).toEqual([
      { vendor: 14823, type: 40, value: Buffer.from([0, 0, 0, 12]) },
    ]);
  });

  it('is refused with a value that does not fit', () => {
    const wrong: [AttributeName, string | number][] = [
      ['NAS-IP-Address', 'switch-1'],
      ['NAS-Port', -1],
      ['NAS-Port', 2 ** 32],
      ['Tunnel-Type', 2 ** 24],
      ['Calling-Station-Id', ''],
      ['Session-Timeout', '2'],
    ];
    for (const [name, value] of wrong) expect(() => encodeNamed([name, value])).toThrow(name);
  });
});
