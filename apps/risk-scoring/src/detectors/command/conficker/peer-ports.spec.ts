import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { isExcluded, isPeerPort, peerPorts, wormWeek } from './peer-ports.js';

const file = join(
  process.env['LAZARET_DATA'] ?? join(process.cwd(), '../shared/data'),
  'conficker/conficker-c-ports.json',
);
const given = existsSync(file) ? it : it.skip;
if (!existsSync(file)) console.warn(`skipped: no recorded ports at ${file} (set LAZARET_DATA)`);

interface Recorded {
  ip: string;
  week: number;
  tcp: number[];
  udp: number[];
}
const sorted = (ports: readonly number[]) => [...ports].sort((a, b) => a - b);

describe('the ports of Conficker.C', () => {
  it('are those that a public scan printed for 10.10.10.52 on 2022-10-10', () => {
    const ports = peerPorts('10.10.10.52', wormWeek(Date.parse('2022-10-10T12:00:00Z')));
    expect(ports).toEqual({ tcp: [10637, 3494], udp: [19802, 34485] });
  });

  given('are right for every recorded address', () => {
    const { confirmed, computed } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Recorded[]>;
    for (const { ip, week, tcp, udp } of [...confirmed!, ...computed!]) {
      const ports = peerPorts(ip, week);
      expect([ip, sorted(ports.tcp), sorted(ports.udp)]).toEqual([ip, sorted(tcp), sorted(udp)]);
    }
  });

  it('leave out 9,152 ports, all below 2048 among them', () => {
    const excluded = Array.from({ length: 65_536 }, (_, port) => port).filter(isExcluded);
    expect(excluded).toHaveLength(9152);
    expect(excluded.slice(0, 2048)).toEqual(Array.from({ length: 2048 }, (_, port) => port));
  });

  it('are allowed ones, differ within a draw, and are known for a clock that is a day off', () => {
    const at = Date.parse('2026-01-04T12:00:00Z');
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const { tcp, udp } = peerPorts(address, wormWeek(at));
        for (const port of [...tcp, ...udp]) expect(isExcluded(port)).toBe(false);
        expect(tcp[0]).not.toBe(udp[0]);
        expect(tcp[1]).not.toBe(udp[1]);
        expect(isPeerPort(address, 'tcp', tcp[1], at + 24 * 3600 * 1000)).toBe(true);
        expect(isPeerPort(address, 'udp', udp[0], at + 90 * 24 * 3600 * 1000)).toBe(true);
      }),
    );
  });

  it('are met by chance about once in 30,000 flows', () => {
    const at = Date.parse('2026-01-05T12:00:00Z');
    let met = 0;
    for (let i = 0; i < 60_000; i++) {
      const address = `198.51.${i % 251}.${i % 241}`;
      if (isPeerPort(address, 'tcp', (i * 40_503) % 65_536, at)) met++;
    }
    expect(met).toBeLessThan(10);
  });
});
