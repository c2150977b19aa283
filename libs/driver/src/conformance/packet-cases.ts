import type { ProbeFrame } from './fixture.js';
import { isolate, release, type Bench } from './steps.js';

const PERMITTED: ProbeFrame[] = [
  { from: 'device', to: 'peer', what: 'opening' },
  { from: 'peer', to: 'device', what: 'answer' },
  { from: 'device', to: 'gateway', what: 'arp' },
  { from: 'gateway', to: 'device', what: 'arp' },
];
const FORBIDDEN: ProbeFrame[] = [
  { from: 'device', to: 'neighbour', what: 'opening' },
  { from: 'neighbour', to: 'device', what: 'opening' },
  { from: 'device', to: 'neighbour', what: 'arp' },
  { from: 'device', to: 'neighbour', what: 'ipv6' },
  { from: 'neighbour', to: 'device', what: 'ipv6' },
  { from: 'device', to: 'outside', what: 'opening' },
  { from: 'device', to: 'peer', what: 'udp' },
  { from: 'peer', to: 'device', what: 'backward-opening' },
];

export function packetCases(bench: () => Bench): void {
  describe('as frames see it', () => {
    const arrived = async (frames: ProbeFrame[]): Promise<string[]> => {
      const names: string[] = [];
      for (const frame of frames) {
        if (await bench().fixture.probe(frame)) names.push(`${frame.what} ${frame.from} → ${frame.to}`);
      }
      return names;
    };
    const all = (frames: ProbeFrame[]): string[] => frames.map(({ what, from, to }) => `${what} ${from} → ${to}`);

    it('everything passes before, permits alone while isolated, and everything after the release', async () => {
      const { driver, fixture } = bench();
      expect(await arrived([...PERMITTED, ...FORBIDDEN])).toEqual(all([...PERMITTED, ...FORBIDDEN]));
      await isolate(driver, fixture.subject);
      expect(await arrived(PERMITTED)).toEqual(all(PERMITTED));
      expect(await arrived(FORBIDDEN)).toEqual([]);
      await release(driver, fixture.subject);
      expect(await arrived([...PERMITTED, ...FORBIDDEN])).toEqual(all([...PERMITTED, ...FORBIDDEN]));
    });

    it('what was denied is counted on the deny entries, and what was permitted on the permits', async () => {
      const { driver, fixture } = bench();
      await isolate(driver, fixture.subject);
      await arrived([FORBIDDEN[0]!, PERMITTED[0]!]);
      const packets = async (kind: 'permit' | 'deny'): Promise<number> => {
        const { entries } = await driver.read([]);
        return entries.filter((entry) => entry.kind === kind).reduce((sum, entry) => sum + entry.packets, 0);
      };
      const deadline = Date.now() + 3000;
      while (Date.now() < deadline && ((await packets('deny')) < 1 || (await packets('permit')) < 1));
      expect([await packets('deny'), await packets('permit')]).toEqual([1, 1]);
    });

    it('no mode of the driver lets more through than its permits', async () => {
      const { driver, fixture } = bench();
      for (const mode of driver.profile.modes) {
        if (mode === 'vlan-routed' || mode === fixture.subject.mode) continue;
        const isolation = { ...fixture.subject, mode, quarantineVlan: null };
        await isolate(driver, isolation);
        expect(await arrived(PERMITTED)).toEqual(all(PERMITTED));
        expect(await arrived(FORBIDDEN)).toEqual([]);
        await release(driver, isolation);
      }
      expect(await arrived(FORBIDDEN)).toEqual(all(FORBIDDEN));
    });
  });
}
