import fc from 'fast-check';
import { recordedBy } from '../recording.fixture.js';
import { parseLeases } from './leases.js';
import { parseQueryLine, stampOf } from './query-line.js';
import { QueryPairing } from './query-pairing.js';

const HEAD = 'Nov 24 22:39:09 dnsmasq[101]: ';

describe('a line of the query log', () => {
  it('names the client, its port, the name and the type', () => {
    expect(parseQueryLine(`${HEAD}1 10.10.0.11/56806 query[A] Abcdefgh.NET from 10.10.0.11`)).toEqual({
      kind: 'query',
      key: '101/1',
      client: '10.10.0.11',
      port: 56806,
      name: 'abcdefgh.net',
      queryType: 'A',
    });
  });

  it.each([
    ['config abcdefgh.net is NXDOMAIN', 'nxdomain'],
    ['config clock.example is 203.0.113.10', 'answered'],
    ['config archive.ward.test is NODATA-IPv6', 'answered'],
    ['cached a.example is <CNAME>', 'answered'],
    ['reply error is SERVFAIL', 'servfail'],
    ['config error is REFUSED (EDE: not ready)', 'refused'],
    ['reply this is odd.example is NXDOMAIN', 'nxdomain'],
  ])('says of a reply "%s" that it is %s', (event, answer) => {
    expect(parseQueryLine(`${HEAD}7 10.10.0.11/5 ${event}`)).toEqual({ kind: 'reply', key: '101/7', answer });
  });

  it('that forwards, starts up or speaks of DHCP is no look-up', () => {
    expect(parseQueryLine(`${HEAD}7 10.10.0.11/5 forwarded a.example to 192.0.2.1`).kind).toBe('forwarded');
    expect(parseQueryLine(`${HEAD}started, version 2.90 cachesize 150`).kind).toBe('other');
    expect(parseQueryLine('Nov 24 22:39:09 dnsmasq-dhcp[101]: DHCP, IP range 10.10.0.100 -- 10.10.0.150').kind).toBe(
      'other',
    );
  });

  it.each([
    ['a name with a blank', 'query[TXT] we_ird name.example from 10.10.0.11', 'bad-name'],
    ['an empty name', 'query[A]  from 10.10.0.11', 'bad-name'],
    ['a name of one label too long', `query[A] ${'a'.repeat(64)}.net from 10.10.0.11`, 'bad-name'],
    ['a name too long', `query[A] ${'abc.'.repeat(64)}net from 10.10.0.11`, 'bad-name'],
    ['a name with octets that are not printable', 'query[A] a\u0007b.net from 10.10.0.11', 'bad-name'],
    ['empty labels', 'query[A] a..net from 10.10.0.11', 'bad-name'],
  ])('with %s is refused', (_, event, reason) => {
    expect(parseQueryLine(`${HEAD}1 10.10.0.11/5 ${event}`)).toEqual({ kind: 'refused', reason });
  });

  it('that is none, or half of one, is refused', () => {
    expect(parseQueryLine('')).toEqual({ kind: 'refused', reason: 'bad-line' });
    expect(parseQueryLine('query[A] b.net from 10.10.0.11')).toEqual({ kind: 'refused', reason: 'bad-line' });
    expect(parseQueryLine(`${HEAD}1 999.1.1.1/5 query[A] b.net from 10.10.0.11`)).toEqual({
      kind: 'refused',
      reason: 'bad-client',
    });
  });

  it('never throws, whatever it holds', () => {
    const odd = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.string().map((s) => `${HEAD}1 10.10.0.11/5 query[A] ${s}`),
    );
    fc.assert(fc.property(odd, (line) => void parseQueryLine(line)));
  });

  it('gives any proper name back as it was asked, in lower case', () => {
    const label = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_'), minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 6 }), (labels) => {
        const name = labels.join('.');
        const line = parseQueryLine(`${HEAD}1 10.10.0.11/5 query[A] ${name} from 10.10.0.11`);
        expect(line).toMatchObject({ kind: 'query', name: name.toLowerCase() });
      }),
    );
  });
});

describe('the stamp of a line', () => {
  it('is taken in the year that lies nearest', () => {
    const newYear = new Date(2026, 0, 1, 0, 0, 5).getTime();
    expect(stampOf('Dec 31 23:59:59 dnsmasq[1]: x', newYear)).toBe(new Date(2025, 11, 31, 23, 59, 59).getTime());
    expect(stampOf('Jan  1 00:00:04 dnsmasq[1]: x', newYear)).toBe(newYear - 1000);
    expect(stampOf('half a line', newYear)).toBeNull();
  });
});

describe('queries and replies', () => {
  it('of the recorded ward are paired, each look-up with its answer', () => {
    const pairing = new QueryPairing();
    const events = recordedBy('dnsmasq')
      .flatMap(({ bytes }) => bytes.toString('latin1').split('\n'))
      .map((line, index) => pairing.take(parseQueryLine(line), ['f', index], 0, 0))
      .filter((event) => event !== undefined);
    const names = new Map(events.flatMap((e) => (e.kind === 'asked' ? [[e.key, e.lookUp.name]] : [])));
    const answers = events.flatMap((e) => (e.kind === 'answered' ? [[names.get(e.key), e.answer]] : []));
    expect(answers).toEqual([
      ['abcdefgh.net', 'nxdomain'],
      ['clock.example', 'answered'],
      ['archive.ward.test', 'answered'],
      ['11.0.10.10.in-addr.arpa', 'nxdomain'],
      ['cloned.example', 'nxdomain'],
    ]);
  });

  it('with the same serial number of another process are kept apart, and a second reply changes nothing', () => {
    const pairing = new QueryPairing();
    const query = { kind: 'query', client: '10.0.0.1', port: 1, name: 'a.example', queryType: 'A' } as const;
    pairing.take({ ...query, key: '1/5' }, [], 0, 0);
    expect(pairing.take({ kind: 'reply', key: '2/5', answer: 'nxdomain' }, [], 0, 0)).toBeUndefined();
    expect(pairing.take({ kind: 'reply', key: '1/5', answer: 'answered' }, [], 0, 0)).toMatchObject({
      answer: 'answered',
    });
    expect(pairing.take({ kind: 'reply', key: '1/5', answer: 'nxdomain' }, [], 0, 0)).toBeUndefined();
  });
});

describe('the lease file', () => {
  it('names MAC, address and end of each lease, and counts what it can not read', () => {
    const text = [
      '1795560000 00:16:3E:30:00:21 10.30.0.100 ws 01:00:16:3e:30:00:21',
      '0 06-08:00:06:10:00:11 10.66.0.101 * *',
      'no lease at all',
      'duid 00:01:00:01:2f',
      '1795560000 1234 fd00::5 ws 00:01',
      '',
    ].join('\n');
    expect(parseLeases(text)).toEqual({
      leases: [
        { mac: '00:16:3e:30:00:21', address: '10.30.0.100', expiresAt: 1795560000_000 },
        { mac: '08:00:06:10:00:11', address: '10.66.0.101', expiresAt: null },
      ],
      refused: 1,
    });
  });
});
