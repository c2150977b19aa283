import fc from 'fast-check';
import { EveReader } from './eve-line.js';

const read = (event: object | string) =>
  new EveReader().take(typeof event === 'string' ? event : JSON.stringify(event));

const FLOW = {
  timestamp: '2026-01-05T09:02:00.000000+0100',
  flow_id: 1374195536821504,
  event_type: 'flow',
  src_ip: '10.10.0.11',
  src_port: 50112,
  dest_ip: '10.20.0.10',
  dest_port: 445,
  proto: 'TCP',
  flow: { pkts_toserver: 1, pkts_toclient: 0, start: '2026-01-05T09:01:00.050999+0100', state: 'new' },
};
const tcp = (ts: string, tc: string, pkts_toclient = 1) =>
  read({ ...FLOW, flow: { ...FLOW.flow, pkts_toclient }, tcp: { tcp_flags_ts: ts, tcp_flags_tc: tc } });
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
  at: Date.UTC(2026, 0, 5, 8, 1, 0, 50),
};

const dns = (own: object, changed: object = {}) =>
  read({ ...FLOW, event_type: 'dns', proto: 'UDP', dest_ip: '10.20.0.53', dest_port: 53, dns: own, ...changed });

describe('a line of EVE', () => {
  it('of a flow is an attempt at its start, whatever way its zone is written', () => {
    expect(read(FLOW)).toEqual({ kind: 'taken', fact: CONNECTION });
    for (const start of ['2026-01-05T08:01:00.05Z', '2026-01-05T02:31:00.050000-05:30'])
      expect(read({ ...FLOW, flow: { ...FLOW.flow, start } })).toEqual({ kind: 'taken', fact: CONNECTION });
  });

  it.each([
    ['02', '00', 0, 'silent'],
    ['02', '14', 1, 'refused'],
    ['13', '12', 9, 'answered'],
    ['1f', '16', 9, 'answered'],
  ])('with flags %s to the server and %s back tells of an attempt that was %s', (ts, tc, back, outcome) => {
    expect(tcp(ts, tc, back)).toEqual({ kind: 'taken', fact: { ...CONNECTION, outcome } });
  });

  it('tells what a flow has moved', () => {
    const flow = { ...FLOW.flow, bytes_toserver: 60, bytes_toclient: 54 };
    expect(read({ ...FLOW, flow })).toMatchObject({ fact: { moved: { sent: 60, received: 54 } } });
  });

  it('of a flow that was joined midway, or runs the other way, tells of no attempt', () => {
    for (const [ts, tc] of [
      ['10', '10'],
      ['12', '02'],
      ['00', '00'],
      ['02', '10'],
    ] as const)
      expect(tcp(ts, tc)).toEqual({ kind: 'left-out', reason: 'half-seen' });
    expect(tcp('zz', '00')).toEqual({ kind: 'refused', reason: 'bad-flags' });
  });

  it('names the client’s MAC if it knows one, and not one of several', () => {
    expect(read({ ...FLOW, ether: { src_mac: '08:00:06:10:00:11' } })).toMatchObject({
      fact: { clientMac: '08:00:06:10:00:11' },
    });
    expect(read({ ...FLOW, ether: { src_macs: ['08:00:06:10:00:11'], dest_macs: [] } })).toMatchObject({
      fact: { clientMac: '08:00:06:10:00:11' },
    });
    const src_macs = ['08:00:06:10:00:11', '08:00:06:10:00:12'];
    expect(read({ ...FLOW, ether: { src_macs } })).toMatchObject({ fact: { clientMac: null } });
  });

  it('of a question and of its answer have one key, by the flow’s number to its last digit', () => {
    const flowId = '9223372036854775807';
    const line = (own: object) =>
      JSON.stringify({ ...FLOW, event_type: 'dns', proto: 'UDP', dest_port: 53, dns: own }).replace(
        '1374195536821504',
        flowId,
      );
    const asked = read(line({ type: 'query', id: 7, rrname: 'Fvqcih.NET', rrtype: 'A' }));
    const answered = read(line({ version: 2, type: 'answer', id: 7, rrname: 'fvqcih.net', rcode: 'NXDOMAIN' }));
    expect(asked).toMatchObject({ fact: { kind: 'name', key: `${flowId}/7`, name: 'fvqcih.net', answer: null } });
    expect(answered).toMatchObject({ fact: { kind: 'answer', key: `${flowId}/7`, answer: 'nxdomain' } });
  });

  it('of version 3 has its question in a list', () => {
    expect(
      dns({ version: 3, type: 'request', id: 1, queries: [{ rrname: 'a.example', rrtype: 'TXT' }] }),
    ).toMatchObject({
      fact: { kind: 'name', name: 'a.example', queryType: 'TXT' },
    });
    const back = { src_ip: '10.20.0.53', src_port: 53, dest_ip: '10.10.0.11', dest_port: 50112 };
    expect(dns({ version: 3, type: 'response', id: 1, rcode: 'NOERROR' }, back)).toMatchObject({
      fact: { kind: 'answer', serverAddress: '10.20.0.53', answer: 'answered' },
    });
  });

  it('of an alert has its rule, its severity and its source', () => {
    const alert = {
      action: 'allowed',
      gid: 1,
      signature_id: 2403388,
      rev: 1,
      signature: 'ET X',
      category: 'Y',
      severity: 2,
    };
    expect(read({ ...FLOW, event_type: 'alert', alert })).toMatchObject({
      kind: 'taken',
      fact: {
        kind: 'alert',
        ends: { clientAddress: '10.10.0.11', serverPort: 445 },
        signature: '1:2403388',
        severity: 2,
        flowId: '1374195536821504',
      },
    });
    expect(read({ ...FLOW, event_type: 'alert', alert: {} })).toEqual({ kind: 'refused', reason: 'no-signature' });
  });

  it('of DHCP is a lease if the server says so', () => {
    const dhcp = { type: 'reply', dhcp_type: 'ack', client_mac: '08:00:06:10:00:11', assigned_ip: '10.30.0.20' };
    expect(read({ ...FLOW, event_type: 'dhcp', src_ip: '10.30.0.1', dhcp })).toMatchObject({
      fact: { kind: 'lease', mac: '08:00:06:10:00:11', address: '10.30.0.20', server: '10.30.0.1', expiresAt: null },
    });
    const inform = { ...dhcp, assigned_ip: '0.0.0.0' };
    expect(read({ ...FLOW, event_type: 'dhcp', dhcp: inform })).toEqual({ kind: 'left-out', reason: 'no-lease' });
  });

  it('that is none is refused, and one of another kind left out', () => {
    for (const line of ['', '[]', 'null', '{', '{}', '{"event_type":7}'])
      expect(read(line)).toEqual({ kind: 'refused', reason: 'bad-line' });
    expect(read({ ...FLOW, event_type: 'http' })).toEqual({ kind: 'left-out', reason: 'other-event' });
    expect(read({ ...FLOW, event_type: 'constructor' })).toEqual({ kind: 'left-out', reason: 'other-event' });
    expect(read({ ...FLOW, timestamp: 'x', flow: { start: '2026-13-05T08:01:00Z' } })).toEqual({
      kind: 'refused',
      reason: 'bad-time',
    });
  });

  it('whatever it is, is taken, left out or refused with a word, and never thrown at us', () => {
    const type = fc.constantFrom('flow', 'dns', 'alert', 'dhcp', 'http');
    const event = fc
      .tuple(type, fc.jsonValue(), fc.jsonValue(), fc.boolean())
      .map(([event_type, own, other, whole]) =>
        JSON.stringify({ ...(whole ? FLOW : {}), event_type, [event_type]: own, tcp: other, ether: other }),
      );
    fc.assert(
      fc.property(fc.oneof(event, fc.json(), fc.string({ unit: 'binary' })), (line) => {
        expect(['taken', 'left-out', 'refused']).toContain(read(line).kind);
      }),
      { numRuns: 500 },
    );
  });
});
