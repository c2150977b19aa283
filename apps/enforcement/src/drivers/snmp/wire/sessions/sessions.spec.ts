import { recording, recordingsPresent } from '../../testing/recording.client.js';
import { Walk, type SnmpValue } from '../walk.js';
import { sessionFormats, type SessionTableKind } from './formats.js';
import type { SessionRow } from './row.js';

const now = new Date('2030-01-01T00:00:00Z');
const rows = (name: string, kind: SessionTableKind): SessionRow[] => sessionFormats[kind].parse(recording(name), now);
const recorded = recordingsPresent ? describe : describe.skip;

recorded('session tables of real switches (recordings in shared/data, if present)', () => {
  it('Cisco: five sessions on three ports, each let in by the server', () => {
    const sessions = rows('ios_nac', 'cisco');
    expect(sessions).toHaveLength(5);
    expect(sessions[0]).toEqual({
      mac: '78:8a:20:7f:0e:96',
      sessionId: '000000000000000105EF0AFE',
      port: 10001,
      state: 'authorized',
      authorizedBy: 'server',
      vlan: null,
      policy: null,
      secondsLeft: 32,
      startedAt: null,
    });
    expect(sessions.map(({ port }) => port)).toEqual([10001, 10001, 10002, 10003, 10003]);
  });

  it('ProCurve: two sessions with VLAN and start', () => {
    const [first, second] = rows('procurve_nac', 'procurve');
    expect(first).toMatchObject({
      port: 16,
      sessionId: '16-124',
      vlan: 21,
      state: 'authorized',
      authorizedBy: 'server',
    });
    expect(first?.startedAt?.toISOString()).toBe('2029-12-31T21:43:39.000Z');
    expect(second).toMatchObject({ mac: '01:02:03:04:05:01', port: 29, vlan: 1 });
  });

  it('AOS-CX: one session, its port by name', () => {
    expect(rows('arubaos-cx_nac', 'aos-cx')).toEqual([
      expect.objectContaining({
        mac: '00:04:f2:bc:95:02',
        port: '1/1/11',
        sessionId: '1/1/11-00:04:f2:bc:95:02',
        state: 'authorized',
        authorizedBy: 'server',
        vlan: null,
        policy: null,
      }),
    ]);
  });

  it('Huawei: thirty-five sessions, none of them a person at the switch', () => {
    const sessions = rows('vrp_nac', 'huawei');
    expect(sessions).toHaveLength(35);
    expect(sessions[0]).toMatchObject({
      mac: '44:39:c4:53:cd:32',
      sessionId: '64',
      port: 'GigabitEthernet4/0/11',
      vlan: 312,
    });
    expect(sessions.every(({ secondsLeft }) => secondsLeft === null)).toBe(true);
  });

  it('Dell: five sessions with the VLAN that RADIUS gave', () => {
    const sessions = rows('powerconnect_n2048-nac', 'dell');
    expect(sessions.map(({ port, vlan }) => [port, vlan])).toContainEqual([74, 101]);
    expect(sessions).toHaveLength(5);
    expect(sessions[0]).toMatchObject({ state: 'authorized', authorizedBy: 'server', sessionId: 'test', policy: null });
  });
});

describe('session tables', () => {
  const cisco = (cells: Record<number, SnmpValue>): SessionRow[] =>
    sessionFormats.cisco.parse(
      new Walk(
        Object.entries({ 2: Buffer.from('00163e200010', 'hex'), ...cells }).map(([column, value]) => ({
          oid: `1.3.6.1.4.1.9.9.656.1.4.1.1.${column}.7.65.66`,
          value,
        })),
      ),
      now,
    );

  it('F15 a yes of the server that the switch could not apply is failed, not authorised', () => {
    expect(cisco({ 5: 7, 12: Buffer.from('Authentication Server'), 14: 66 })).toEqual([
      expect.objectContaining({ state: 'failed', vlan: 66, sessionId: 'AB', port: 7 }),
    ]);
    const dell = (column: number, value: number) => ({
      oid: `1.3.6.1.4.1.674.10895.5000.2.6132.1.1.61.4.1.1.${column}.0.22.62.32.0.16`,
      value,
    });
    const refused = new Walk([dell(3, 9), dell(4, 2), dell(6, 1)]);
    expect(sessionFormats.dell.parse(refused, now)[0]?.state).toBe('failed');
  });

  it('F16 a device that was let in because no server answered is named so', () => {
    expect(cisco({ 5: 6, 12: Buffer.from('Critical Auth') })[0]?.authorizedBy).toBe('critical');
    expect(cisco({ 5: 6, 12: Buffer.from('Authentication Server'), 13: 30 })[0]?.authorizedBy).toBe('critical');
    expect(cisco({ 5: 6, 12: Buffer.from('Guest Vlan') })[0]?.authorizedBy).toBe('unknown');
  });

  it('a running authentication is not authorised', () => {
    expect([1, 2, 3, 4, 5].map((status) => cisco({ 5: status })[0]?.state)).toEqual(Array(5).fill('unauthorized'));
  });

  it.each(Object.keys(sessionFormats) as SessionTableKind[])('rows that make no sense are left out: %s', (kind) => {
    const { columns, parse } = sessionFormats[kind];
    const odd = [[], [0], [3, 1, 2], [255, 1], [6, 49, 0, 0, 0, 0, 0, 0]];
    const variables = columns.flatMap((column) =>
      odd.flatMap((index) => [{ oid: [column, ...index].join('.'), value: Buffer.from([1]) }]),
    );
    expect(parse(new Walk(variables), now)).toEqual([]);
  });
});
