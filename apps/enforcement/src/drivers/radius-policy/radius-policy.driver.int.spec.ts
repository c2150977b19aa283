import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { DriverError, type PointIsolation } from '#driver';
import { nasFilterRules } from '../syntax/nas-filter-rule.js';
import { PLAIN, QUARANTINE, RadiusPolicyBench, isPlain } from './testing/radius-policy-bench.client.js';

const shell = promisify(exec);

const bench = new RadiusPolicyBench();

describe('the answer to a switch', () => {
  it('F35 has the VLAN and the permits of both directions of an isolated device, and nothing that opens more', async () => {
    const device = bench.fresh();
    await bench.set(device);
    const { code, lines } = await bench.radius.authenticate(device.mac);
    const { lines: rules } = nasFilterRules(device, { directions: 'both', ipv6: 'explicit', entries: 64 });
    expect(code).toBe('Access-Accept');
    expect(filtersIn(lines)).toEqual([...rules].sort());
    expect(lines).toContain(QUARANTINE);
    expect(lines).not.toContain('Filter-Id = "home"');
    // The site's own Class stays beside ours.
    expect(lines.filter((line) => line.startsWith('Class'))).toHaveLength(2);
  });

  it.each([
    (mac: string) => mac.toUpperCase(),
    (mac: string) => mac.replaceAll(':', '-'),
    (mac: string) => mac.replaceAll(':', ''),
    (mac: string) => `${mac.replaceAll(':', '').slice(0, 6)}-${mac.replaceAll(':', '').slice(6)}`,
    (mac: string) => (mac.replaceAll(':', '').match(/.{4}/g) ?? []).join('.'),
    (mac: string) => (mac.replaceAll(':', '').match(/.{4}/g) ?? []).join('-').toUpperCase(),
  ])('is the same however the switch spells the MAC (%#)', async (spell) => {
    const device = bench.fresh();
    await bench.set(device);
    expect((await bench.radius.authenticate(spell(device.mac))).lines).toContain(QUARANTINE);
  });

  it('is found by the user name in MAC authentication, and never by a name that somebody chooses', async () => {
    const device = bench.fresh();
    await bench.set(device);
    const name = { 'User-Name': device.mac.replaceAll(':', '') };
    expect((await bench.radius.authenticate('', { ...name, 'Service-Type': 'Call-Check' })).lines).toContain(
      QUARANTINE,
    );
    expect((await bench.radius.authenticate('', name)).lines).toEqual(PLAIN);
  });

  it('is as configured without us for every other device, and again after the release', async () => {
    const device = bench.fresh();
    await bench.set(device);
    expect(isPlain(await bench.radius.authenticate(bench.fresh().mac))).toBe(true);
    await bench.clear(device);
    expect(isPlain(await bench.radius.authenticate(device.mac))).toBe(true);
  });

  it('in the mode filter leaves the VLAN as it is', async () => {
    const device: PointIsolation = { ...bench.fresh(), mode: 'filter', quarantineVlan: null };
    await bench.set(device);
    const { lines } = await bench.radius.authenticate(device.mac);
    expect(lines).toContain('Tunnel-Private-Group-Id:0 = "10"');
    expect(filtersIn(lines)).toContain('deny in ip from any to any');
  });
});

describe('hands and limits', () => {
  it('F13 a device that people keep is neither changed nor cleared', async () => {
    const device = bench.fresh();
    for (const command of bench.driver.undo(device)) await shell(command);
    await expect(bench.set(device)).rejects.toMatchObject({ code: 'changed-by-others' });
    await bench.clear(device);
    expect(isPlain(await bench.radius.authenticate(device.mac))).toBe(true);
  });

  it('F15 more than a packet or the switch takes is refused with the count, before anything is written', async () => {
    const device = bench.fresh();
    const permits = Array.from({ length: 40 }, (_, i) => ({ ...firstPermit(device), flowId: `f${i}`, port: 2000 + i }));
    await expect(bench.set({ ...device, permits })).rejects.toMatchObject({
      code: 'too-many-entries',
      message: expect.stringMatching(/^\d+ /),
    });
    expect(isPlain(await bench.radius.authenticate(device.mac))).toBe(true);
  });

  it('F33 takes steps for what it is configured for only', async () => {
    const device = bench.fresh();
    await expect(bench.set({ ...device, mode: 'vlan-routed' })).rejects.toMatchObject({ code: 'refused' });
    await expect(bench.set({ ...device, quarantineVlan: 67 })).rejects.toThrow('VLAN 67');
    const step = { kind: 'remove-entries', deviceNumber: 1 } as const;
    await expect(bench.driver.apply(step, bench.fence(1))).rejects.toBeInstanceOf(DriverError);
  });
});

function filtersIn(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /^NAS-Filter-Rule = "(.*)"$/.exec(line)?.[1] ?? []).sort();
}

function firstPermit({ permits }: PointIsolation): PointIsolation['permits'][number] {
  const [first] = permits;
  if (!first) throw new Error('it has permits');
  return first;
}
