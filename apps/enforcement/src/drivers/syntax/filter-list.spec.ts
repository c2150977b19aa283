import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { DriverError, type PointIsolation } from '#driver';
import { ciscoAcl, ciscoAclPairs } from './cisco-acl.js';
import { arubaFilterRules } from './hpe-filter-rule.js';
import { juniperFilter } from './juniper-filter.js';
import { nasFilterRules, nasFilterRuleValues } from './nas-filter-rule.js';
import { checkPacket, octetsOf } from './packet-budget.js';
import { anyIsolation, peers, permit, ports, scanner } from './testing/isolations.js';
import { ciscoEntry, ipFilterRule, juniperTerm, passes, type Packet } from './testing/packet-match.js';

const golden = (file: string): string[] =>
  readFileSync(new URL(`./testdata/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '');

const both = { directions: 'both', ipv6: 'explicit', entries: 64 } as const;
const list = { ipv6: 'explicit', entries: 64 } as const;

/** Each syntax: what it holds of an isolation, what it cuts, and what a switch then lets through. */
interface Syntax {
  name: string;
  /** It has a word for "not the first packet of a connection". */
  established: boolean;
  filtersOut: boolean;
  compile(isolation: PointIsolation): { cut: string[]; lines: string[]; lets(packet: Packet): boolean };
}

const syntaxes: Syntax[] = [
  {
    name: 'NAS-Filter-Rule',
    established: true,
    filtersOut: true,
    compile: (isolation) => {
      const { lines, cut } = nasFilterRules(isolation, both);
      return { cut, lines, lets: (packet) => passes(lines, packet, ipFilterRule) };
    },
  },
  {
    name: 'NAS-Filter-Rule from the device only',
    established: true,
    filtersOut: false,
    compile: (isolation) => {
      const { lines, cut } = nasFilterRules(isolation, { ...both, directions: 'from-device' });
      return { cut, lines, lets: (packet) => passes(lines, packet, ipFilterRule) };
    },
  },
  {
    name: 'Aruba-NAS-Filter-Rule',
    established: false,
    filtersOut: false,
    compile: (isolation) => {
      const { lines, cut } = arubaFilterRules(isolation, list);
      return { cut, lines, lets: (packet) => passes(lines, packet, ipFilterRule) };
    },
  },
  {
    name: 'access lists of IOS',
    established: true,
    filtersOut: false,
    compile: (isolation) => {
      const { ipv4, ipv6, cut } = ciscoAcl(isolation, list);
      const lets = (packet: Packet): boolean =>
        passes(ipv4, packet, ciscoEntry('ipv4')) || passes(ipv6, packet, ciscoEntry('ipv6'));
      return { cut, lines: [...ipv4, ...ipv6], lets };
    },
  },
  {
    name: 'Juniper-Switching-Filter',
    established: false,
    filtersOut: false,
    compile: (isolation) => {
      const { lines, cut } = juniperFilter(isolation, { entries: 64 });
      // It reads no IPv6: its point must deny that by itself.
      const lets = (packet: Packet): boolean => isIPv4(packet) && passes(lines, packet, juniperTerm);
      return { cut, lines, lets };
    },
  },
];

const strangers = ['203.0.113.9', '10.20.0.12', '2001:db8:66::9', 'fe80::1', 'ff02::1', '255.255.255.255'];
const anyPacket: fc.Arbitrary<Packet> = fc.record({
  direction: fc.constantFrom('in', 'out'),
  far: fc.constantFrom(...peers, ...strangers),
  protocol: fc.constantFrom('tcp', 'udp', 'icmp', 'gre'),
  devicePort: fc.constantFrom(...ports, 67, 68, 445, 50_000),
  farPort: fc.constantFrom(...ports, 67, 68, 445, 50_000),
  established: fc.boolean(),
  icmpType: fc.constantFrom(0, 2, 3, 8, 128, 133, 134, 135, 136),
});

describe.each(syntaxes)('$name', (syntax) => {
  it('lets nothing through that no permit names, but for what keeps a device its address', () => {
    fc.assert(
      fc.property(anyIsolation, anyPacket, (isolation, packet) => {
        const { lets } = syntax.compile(isolation);
        if (!syntax.filtersOut && packet.direction === 'out') return;
        if (!lets(packet)) return;
        expect(isWanted(isolation, packet, syntax.established) || isUpkeep(packet)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('lets both ways of each permit through that it does not say it has cut', () => {
    fc.assert(
      fc.property(anyIsolation, (isolation) => {
        const { lets, cut } = syntax.compile(isolation);
        const kept = isolation.permits.filter(({ flowId }) => !cut.includes(flowId));
        for (const packet of kept.flatMap(conversationOf)) {
          if (packet.direction === 'in' || syntax.filtersOut) expect([packet, lets(packet)]).toEqual([packet, true]);
        }
      }),
    );
  });

  it('says the same whatever the order of the permits', () => {
    fc.assert(
      fc.property(anyIsolation, (isolation) => {
        const turned = { ...isolation, permits: [...isolation.permits].reverse() };
        expect(syntax.compile(turned).lines).toEqual(syntax.compile(isolation).lines);
      }),
    );
  });

  it('F15 is refused with the count when it is longer than what the switch takes', () => {
    const many = Array.from({ length: 65 }, (_, index) =>
      permit(`f${index}`, `10.20.1.${index}`, 'tcp', 104, 'device'),
    );
    const failure = caught(() => syntax.compile({ ...scanner, permits: many }));
    expect(failure.code).toBe('too-many-entries');
    expect(Number(/^\d+/.exec(failure.message)?.[0])).toBeGreaterThan(64);
  });

  it.each(['10.20.0.10 any', '10.20.0.10\0', '10.20.0.0/16', '10.20.0.010', 'archive', '::1%eth0'])(
    'refuses a peer that is no address: %j',
    (peerAddress) => {
      const failure = caught(() =>
        syntax.compile({ ...scanner, permits: [permit('x', peerAddress, 'tcp', 104, 'device')] }),
      );
      expect(failure.code).toBe('refused');
    },
  );
});

describe('the golden lists', () => {
  it('F35 NAS-Filter-Rule has both directions, IPv6 and the denies last', () => {
    expect(nasFilterRules(scanner, both).lines).toEqual(golden('nas-filter-rule.txt'));
  });

  it('Cisco, as values of Cisco-AVPair', () => {
    expect(ciscoAclPairs(ciscoAcl(scanner, list))).toEqual(golden('cisco-avpair.txt'));
  });

  it('Aruba: the call-back and IPv6 are cut, and said to be', () => {
    const { lines, cut } = arubaFilterRules(scanner, list);
    expect(lines).toEqual(golden('aruba-nas-filter-rule.txt'));
    expect(cut).toEqual(['audit', 'commitment']);
  });

  it('Juniper: IPv6 is cut, and said to be', () => {
    const { lines, cut } = juniperFilter(scanner, { entries: 64 });
    expect(lines).toEqual(golden('juniper-switching-filter.txt'));
    expect(cut).toEqual(['audit']);
  });

  it('NAS-Filter-Rule is joined by NUL and cut into pieces of 253 octets, which make the same again', () => {
    const { lines } = nasFilterRules(scanner, both);
    const values = nasFilterRuleValues(lines);
    expect(values.length).toBeGreaterThan(1);
    expect(values.slice(0, -1).every((value) => Buffer.byteLength(value) === 253)).toBe(true);
    expect(values.join('').split('\0')).toEqual(lines);
  });
});

describe('the budget of a packet', () => {
  const rule = (length: number): { name: string; value: string } => ({
    name: 'Aruba-NAS-Filter-Rule',
    value: 'x'.repeat(length),
  });

  it('counts heads of standard attributes and of vendor ones', () => {
    expect(octetsOf([{ name: 'Filter-Id', value: 'abc' }, rule(10), { name: 'HP-Nas-Rules-IPv6', value: 2 }])).toBe(
      5 + 18 + 12,
    );
  });

  it('F15 refuses what does not fit into one packet, and a value longer than its attribute', () => {
    expect(caught(() => checkPacket(Array.from({ length: 40 }, () => rule(100)))).message).toMatch(
      /^40 attributes of 4320/,
    );
    expect(caught(() => checkPacket([rule(248)])).message).toContain('248');
    expect(() => checkPacket([rule(247)])).not.toThrow();
  });
});

const dictionaries = join(
  process.env['LAZARET_DATA'] ?? join(process.cwd(), '../shared/data'),
  'nac/radius-dictionaries',
);
(existsSync(dictionaries) ? describe : describe.skip)(
  'the attributes in the dictionaries (shared/data, if present)',
  () => {
    it.each([
      ['rfc4849', 'NAS-Filter-Rule', '92', 'string'],
      ['rfc2865', 'Filter-Id', '11', 'string'],
      ['aruba', 'Aruba-NAS-Filter-Rule', '51', 'string'],
      ['hp', 'HP-Nas-Filter-Rule', '61', 'string'],
      ['hp', 'HP-Nas-Rules-IPv6', '63', 'integer'],
      ['cisco', 'Cisco-AVPair', '1', 'string'],
      ['juniper', 'Juniper-Switching-Filter', '48', 'string'],
    ])('%s has %s', (file, name, number, type) => {
      const lines = readFileSync(join(dictionaries, `dictionary.${file}`), 'utf8').split('\n');
      expect(lines.map((line) => line.trim().split(/\s+/).slice(1, 4))).toContainEqual([name, number, type]);
    });
  },
);

function isIPv4({ far }: Packet): boolean {
  return ipaddr.parse(far).kind() === 'ipv4';
}

/** The packet is of a permitted conversation; where the syntax can tell, not an opening from the wrong side. */
function isWanted({ permits }: PointIsolation, packet: Packet, established: boolean): boolean {
  return permits.some(({ peerAddress, transport, port, opener }) => {
    if (peerAddress !== packet.far || transport !== packet.protocol) return false;
    const forward = (opener === 'device') === (packet.direction === 'in');
    if ((opener === 'device' ? packet.farPort : packet.devicePort) !== port) return false;
    return forward || transport === 'udp' || !established || packet.established;
  });
}

/** DHCP by broadcast, a path's smaller MTU, and neighbour discovery that is no router's. */
function isUpkeep(packet: Packet): boolean {
  const { direction, protocol, far, farPort, devicePort, icmpType } = packet;
  if (protocol === 'udp' && direction === 'in') return far === '255.255.255.255' && farPort === 67;
  if (protocol === 'udp') return farPort === 67 && devicePort === 68;
  if (protocol !== 'icmp') return false;
  if (isIPv4(packet)) return direction === 'out' && icmpType === 3;
  if (direction === 'out') return [2, 134, 135, 136].includes(icmpType);
  return [133, 135, 136].includes(icmpType) && [...peers, 'fe80::1', 'ff02::1'].includes(far);
}

function conversationOf({
  peerAddress: far,
  transport: protocol,
  port,
  opener,
}: PointIsolation['permits'][number]): Packet[] {
  const ends = opener === 'device' ? { devicePort: 50_000, farPort: port } : { devicePort: port, farPort: 50_000 };
  const [first, back] = opener === 'device' ? (['in', 'out'] as const) : (['out', 'in'] as const);
  return [
    { direction: first, far, protocol, ...ends, established: false, icmpType: 0 },
    { direction: back, far, protocol, ...ends, established: true, icmpType: 0 },
    { direction: first, far, protocol, ...ends, established: true, icmpType: 0 },
  ];
}

function caught(act: () => unknown): DriverError {
  try {
    act();
  } catch (error) {
    if (error instanceof DriverError) return error;
    throw error;
  }
  throw new Error('it was taken');
}
