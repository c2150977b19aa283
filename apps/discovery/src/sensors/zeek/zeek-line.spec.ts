import fc from 'fast-check';
import type { LineResult } from '../follow/line-fact.js';
import { ZeekReader, type ZeekLog } from './zeek-line.js';

const COLUMNS = [
  ...['ts', 'uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'proto', 'conn_state', 'orig_l2_addr'],
  ...['tunnel_parents', 'label', 'detailedlabel'],
];
const HEADER = ['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-', '#path\tconn'];
const FIELDS = `#fields\t${COLUMNS.join('\t')}`;
const VALUES = ['1600000000.5', 'CwA', '10.10.0.11', '50112', '10.20.0.10', '445', 'tcp', 'S0', '08:00:06:10:00:11'];
const LABELS = ['-', 'Malicious', 'C&C'];

function read(log: ZeekLog | null, ...lines: string[]): LineResult | undefined {
  const reader = new ZeekReader(log);
  return lines.map((line) => reader.take(line)).at(-1);
}

const conn = (changed: Record<string, unknown>) =>
  read(
    'conn',
    JSON.stringify({
      ts: 1600000000.5,
      'id.orig_h': '10.10.0.11',
      'id.orig_p': 50112,
      'id.resp_h': '10.20.0.10',
      'id.resp_p': 445,
      proto: 'tcp',
      conn_state: 'S0',
      ...changed,
    }),
  );
const dns = (changed: Record<string, unknown>) =>
  read(
    'dns',
    JSON.stringify({
      ts: 1600000000,
      'id.orig_h': '10.10.0.11',
      'id.orig_p': 5000,
      'id.resp_h': '10.20.0.53',
      'id.resp_p': 53,
      proto: 'udp',
      query: 'Abc.NET.',
      qtype_name: 'A',
      ...changed,
    }),
  );

const CONNECTION = {
  kind: 'connection',
  clientAddress: '10.10.0.11',
  clientPort: 50112,
  serverAddress: '10.20.0.10',
  serverPort: 445,
  transport: 'tcp',
  clientMac: null,
  outcome: 'silent',
  moved: null,
  at: 1600000000500,
};

describe('a line of Zeek', () => {
  it('is the same as TSV and as JSON, labels or not', () => {
    const tsv = read('conn', ...HEADER, FIELDS, [...VALUES, ...LABELS].join('\t'));
    expect(tsv).toEqual({ kind: 'taken', fact: { ...CONNECTION, clientMac: '08:00:06:10:00:11' } });
    expect(conn({ orig_l2_addr: '08:00:06:10:00:11', label: 'Malicious' })).toEqual(tsv);
  });

  it('means what its own header says: another separator, columns in another order', () => {
    const header = [
      '#separator \\x2c',
      '#unset_field,(none)',
      '#fields,proto,conn_state,ts,id.resp_p,id.resp_h,id.orig_h,id.orig_p',
    ];
    const line = 'tcp,REJ,1600000000.5,445,10.20.0.10,10.10.0.11,50112';
    expect(read('conn', ...HEADER, FIELDS, ...header, line)).toEqual({
      kind: 'taken',
      fact: { ...CONNECTION, outcome: 'refused' },
    });
  });

  it('in the middle of a file means what the file begins with', () => {
    const reader = new ZeekReader('conn');
    reader.begin([...HEADER, FIELDS]);
    expect(reader.take([...VALUES, ...LABELS].join('\t')).kind).toBe('taken');
    reader.begin([]);
    expect(reader.take([...VALUES, ...LABELS].join('\t'))).toEqual({ kind: 'refused', reason: 'no-header' });
  });

  it.each([
    ...['SF', 'S1', 'S2', 'S3', 'RSTO', 'RSTR'].map((state) => [state, 'answered']),
    ['REJ', 'refused'],
    ...['S0', 'RSTOS0'].map((state) => [state, 'silent']),
  ])('whose connection ended as %s tells of an attempt that was %s', (conn_state, outcome) => {
    expect(conn({ conn_state })).toEqual({ kind: 'taken', fact: { ...CONNECTION, outcome } });
  });

  it('writes an address of IPv6 in one way', () => {
    expect(conn({ 'id.orig_h': 'FE80:0:0::1' })).toMatchObject({ fact: { clientAddress: 'fe80::1' } });
  });

  it('tells what a connection has moved if it tells both ways', () => {
    expect(conn({ orig_bytes: 512, resp_bytes: 9000 })).toMatchObject({
      fact: { moved: { sent: 512, received: 9000 } },
    });
    expect(conn({ orig_bytes: 512 })).toMatchObject({ fact: { moved: null } });
  });

  it.each([
    ['a connection of which half was seen', { conn_state: 'SHR' }, { kind: 'left-out', reason: 'half-seen' }],
    [
      'an attempt whose answer only its sender saw',
      { conn_state: 'RSTOS0', history: 'SAR' },
      { kind: 'left-out', reason: 'half-seen' },
    ],
    ['UDP', { proto: 'udp' }, { kind: 'left-out', reason: 'not-tcp' }],
    ['an unknown state', { conn_state: 'constructor' }, { kind: 'refused', reason: 'bad-state' }],
    ['no protocol', { proto: undefined }, { kind: 'refused', reason: 'no-protocol' }],
    ['an address that is none', { 'id.orig_h': '10.10.0.999' }, { kind: 'refused', reason: 'bad-address' }],
    ['an address in short', { 'id.resp_h': '10.1' }, { kind: 'refused', reason: 'bad-address' }],
    ['an address in octal', { 'id.resp_h': '010.20.0.10' }, { kind: 'refused', reason: 'bad-address' }],
    ['a port that is none', { 'id.resp_p': 70000 }, { kind: 'refused', reason: 'bad-port' }],
    ['a time that is none', { ts: 'soon' }, { kind: 'refused', reason: 'bad-time' }],
  ])('with %s is counted with its reason', (_, changed, result) => {
    expect(conn(changed)).toEqual(result);
  });

  it('has its time in seconds, in milliseconds or as a stamp', () => {
    for (const ts of [1600000000.5, 1600000000500, '2020-09-13T12:26:40.500000Z'])
      expect(conn({ ts })).toEqual({ kind: 'taken', fact: CONNECTION });
  });

  it.each([
    [{ rcode_name: 'NXDOMAIN' }, 'nxdomain'],
    [{ rcode_name: 'NOERROR' }, 'answered'],
    [{ rcode_name: 'SERVFAIL' }, 'servfail'],
    [{ rcode_name: 'REFUSED' }, 'refused'],
    [{ rcode_name: 'NOTAUTH' }, 'unknown'],
    [{}, 'silent'],
  ])('of a look-up with %j says that it was %s', (changed, answer) => {
    expect(dns(changed)).toMatchObject({ kind: 'taken', fact: { name: 'abc.net', queryType: 'A', answer } });
  });

  it('that asks neighbours, the root or nothing is no look-up', () => {
    expect(dns({ 'id.resp_p': 5353 })).toEqual({ kind: 'left-out', reason: 'not-dns-port' });
    expect(dns({ query: '.' })).toEqual({ kind: 'left-out', reason: 'no-name' });
    expect(dns({ query: undefined })).toEqual({ kind: 'left-out', reason: 'no-name' });
    expect(dns({ query: 'a b.net' })).toEqual({ kind: 'left-out', reason: 'no-name' });
  });

  it('of DHCP is a lease only if its last word is an ACK that assigns an address', () => {
    const lease = { ts: 1600000000, mac: '08-00-06-10-00-11', server_addr: '10.30.0.1', assigned_addr: '10.30.0.20' };
    const dhcp = (changed: object) => read('dhcp', JSON.stringify({ ...lease, lease_time: 600, ...changed }));
    expect(dhcp({ msg_types: ['DISCOVER', 'OFFER', 'REQUEST', 'ACK'] })).toEqual({
      kind: 'taken',
      fact: {
        kind: 'lease',
        mac: '08:00:06:10:00:11',
        address: '10.30.0.20',
        server: '10.30.0.1',
        expiresAt: 1600000600000,
        at: 1600000000000,
      },
    });
    for (const msg_types of [['DISCOVER', 'OFFER'], ['ACK', 'NAK'], ['ACK', 'RELEASE'], []])
      expect(dhcp({ msg_types })).toEqual({ kind: 'left-out', reason: 'no-lease' });
    expect(dhcp({ msg_types: ['INFORM', 'ACK'], assigned_addr: undefined })?.kind).toBe('left-out');
  });

  it('of a notice names who caused it, and one about Zeek itself nobody', () => {
    const notice = (changed: object) =>
      read('notice', JSON.stringify({ ts: 1600000000, note: 'Scan::Port_Scan', msg: 'scanned', ...changed }));
    expect(notice({ src: '10.10.0.11', dst: '10.20.0.10' })).toMatchObject({
      kind: 'taken',
      fact: { kind: 'alert', ends: null, signature: 'Scan::Port_Scan', severity: null },
    });
    expect(notice({})).toEqual({ kind: 'left-out', reason: 'about-nobody' });
  });

  it('over a stream says itself which log it is of', () => {
    const line = { _path: 'dns', ts: 1, query: 'a.b', proto: 'udp' };
    expect(read(null, JSON.stringify(line))).toEqual({ kind: 'refused', reason: 'bad-time' });
    expect(read(null, JSON.stringify({ ...line, _path: 'http' }))).toEqual({ kind: 'left-out', reason: 'other-log' });
    expect(read(null, JSON.stringify({ ...line, _path: 'toString' }))?.kind).toBe('left-out');
    expect(read(null, '{}')).toEqual({ kind: 'refused', reason: 'no-path' });
  });

  it('whatever it is, is taken, left out or refused with a word, and never thrown at us', () => {
    const key = fc.constantFrom(...COLUMNS, 'query', 'mac', 'msg_types', 'note', '__proto__', 'constructor');
    const object = fc.dictionary(key, fc.jsonValue()).map((one) => JSON.stringify(one));
    const line = fc.oneof(object, fc.string({ unit: 'binary' }), fc.json(), fc.constantFrom(...HEADER, FIELDS));
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 6 }),
        fc.constantFrom('conn', 'dns', 'dhcp', 'notice', null),
        (lines, log) => {
          const reader = new ZeekReader(log);
          for (const one of lines) expect(['taken', 'left-out', 'refused']).toContain(reader.take(one).kind);
        },
      ),
      { numRuns: 500 },
    );
  });
});
