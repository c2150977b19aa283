import { exec } from 'node:child_process';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EndpointStandIn, ODDITIES, type Oddity } from './testing/endpoint-stand-in.client.js';
import { QUARANTINE, RadiusPolicyBench, TOKEN, isPlain } from './testing/radius-policy-bench.client.js';

const shell = promisify(exec);

const bench = new RadiusPolicyBench();

describe('when Lazaret fails, nobody is rejected', () => {
  it.each(Object.keys(ODDITIES) as Oddity[])(
    'F17 %s: others are as configured, and nothing is released or isolated by it',
    async (oddity) => {
      const device = bench.fresh();
      await bench.set(device);
      await bench.radius.authenticate(device.mac);
      await bench.driver.close();
      const standIn = await EndpointStandIn.start(bench.port, oddity);
      try {
        const other = await bench.radius.authenticate(bench.fresh().mac);
        expect(isPlain(other)).toBe(true);
        expect(other.ms).toBeLessThan(1500);
        const { code, lines } = await bench.radius.authenticate(device.mac);
        expect(code).toBe('Access-Accept');
        // What says clearly that there is nothing is believed.
        expect(lines.includes(QUARANTINE)).toBe(oddity !== 'not found');
        expect((await bench.radius.account('Start', device.mac, 'S1')).code).toBe('Accounting-Response');
      } finally {
        await standIn.stop();
      }
    },
  );

  it('F17 nobody listens: the same at once, and undoing by hand works', async () => {
    const device = bench.fresh();
    await bench.set(device);
    await bench.radius.authenticate(device.mac);
    await bench.driver.close();
    expect(isPlain(await bench.radius.authenticate(bench.fresh().mac))).toBe(true);
    expect((await bench.radius.authenticate(device.mac)).lines).toContain(QUARANTINE);
    for (const command of bench.driver.undo(device)) await shell(command);
    expect(isPlain(await bench.radius.authenticate(device.mac))).toBe(true);
    await bench.start();
    expect(isPlain(await bench.radius.authenticate(device.mac))).toBe(true);
    expect((await bench.driver.read([device.mac])).policies).toEqual([
      expect.objectContaining({ mac: device.mac, ours: false }),
    ]);
  });

  it('commands at the RADIUS server take Lazaret out of it at once, and put it back', async () => {
    const device = bench.fresh();
    await bench.set(device);
    await bench.radius.authenticate(device.mac);
    await everyModule('dead');
    expect(isPlain(await bench.radius.authenticate(device.mac))).toBe(true);
    expect((await bench.radius.account('Start', device.mac, 'S1')).code).toBe('Accounting-Response');
    await everyModule('alive');
    expect((await bench.radius.authenticate(device.mac)).lines).toContain(QUARANTINE);
  });

  it('a token that does not fit is seen by the probe, and told to nobody', async () => {
    await writeFile(join(bench.folder, 'token'), 'rotated');
    expect(isPlain(await bench.radius.authenticate(bench.fresh().mac))).toBe(true);
    const finding = (await bench.driver.probe()).find(({ check }) => check === 'RADIUS servers know the token');
    expect(finding).toMatchObject({ ok: false });
    expect(JSON.stringify(finding)).not.toContain('rotated');
    await writeFile(join(bench.folder, 'token'), TOKEN);
    await bench.radius.authenticate(bench.fresh().mac);
    expect((await bench.driver.probe()).filter(({ ok }) => ok === false)).toEqual([]);
  });
});

describe('the snapshot', () => {
  it('F17 keeps what is assigned, and the sessions, over a restart', async () => {
    const device = bench.fresh();
    await bench.set(device);
    await bench.connect(device, 'S7');
    const before = await bench.reading(device);
    await bench.driver.close();
    await bench.start();
    const after = await bench.reading(device);
    expect(after.policies).toEqual(before.policies);
    expect(after.sessions).toEqual(before.sessions);
    expect(after.bootId).toBe(before.bootId);
    expect((await stat(bench.point.snapshotFile)).mode & 0o777).toBe(0o600);
  });

  it('that is damaged is refused loudly: what is known stays, unknown devices are as configured, and no step is taken', async () => {
    const device = bench.fresh();
    await bench.set(device);
    const whole = await readFile(bench.point.snapshotFile, 'utf8');
    await bench.driver.close();
    await writeFile(bench.point.snapshotFile, whole.replace('"generation": 3', '"generation": 4'));
    await bench.start();
    expect(isPlain(await bench.radius.authenticate(bench.fresh().mac))).toBe(true);
    const failure = await bench.driver.read([device.mac]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'misconfigured' });
    await expect(bench.set(bench.fresh())).rejects.toThrow('damaged');
    const finding = (await bench.driver.probe()).find(({ check }) => check === 'policies can be kept');
    expect(finding).toMatchObject({ ok: false });
    await rename(bench.point.snapshotFile, `${bench.point.snapshotFile}.damaged`);
    await writeFile(bench.point.snapshotFile, whole);
    expect((await bench.radius.authenticate(device.mac)).lines).toContain(QUARANTINE);
  });

  it('refuses an older fence', async () => {
    await bench.set(bench.fresh(), 5);
    await expect(bench.set(bench.fresh(), 4)).rejects.toMatchObject({ code: 'stale-fence' });
  });

  it('F24 shows every assignment of ours, asked for or not, so that none is forgotten', async () => {
    const device = bench.fresh();
    await bench.set(device);
    const [policy] = (await bench.driver.read([])).policies;
    expect(policy).toMatchObject({ mac: device.mac, mark: { quarantineId: device.quarantineId, generation: 3 } });
  });
});

async function everyModule(status: 'dead' | 'alive'): Promise<void> {
  for (const module of ['lazaret_hands', 'lazaret_rest', 'lazaret_told']) {
    await shell(`${bench.radius.radmin} -e 'set module status ${module} ${status}'`);
    expect((await bench.radius.authenticate(bench.fresh().mac)).code).toBe('Access-Accept');
  }
}
