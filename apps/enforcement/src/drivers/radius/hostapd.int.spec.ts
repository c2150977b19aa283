import type { Step } from '#driver';
import { RadiusDriver } from './radius.driver.js';
import type { ModelName } from './models/models.js';
import { PROXY_PORT } from './testing/hostapd-configs.js';
import { HostapdLab } from './testing/hostapd-lab.client.js';
import { aPoint, carryingPoint, mri } from './testing/points.js';

const SECRET = 'coa-secret-of-the-lab';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('skipped: a network namespace for hostapd takes root');

(isRoot ? describe : describe.skip)('the driver radius and a real 802.1X session at hostapd', () => {
  let lab: HostapdLab;
  const drivers: RadiusDriver[] = [];

  beforeAll(async () => {
    lab = await HostapdLab.start(SECRET);
  }, 30_000);

  afterAll(async () => {
    await Promise.all(drivers.map((driver) => driver.close()));
    await lab?.stop();
  });

  function newDriver(changes: object = {}, model: ModelName = 'ieee8021x'): RadiusDriver {
    const own = {
      host: lab.nas,
      nas: { address: lab.nas },
      secretFile: lab.secretFile,
      firstMs: 400,
      sendings: 2,
      ...changes,
    };
    const point = 'policies' in changes ? carryingPoint(model, own) : aPoint(model, own);
    const driver = new RadiusDriver(point, undefined, null);
    drivers.push(driver);
    return driver;
  }

  const renewal = async (changes: Partial<Extract<Step, { kind: 'renew-session' }>> = {}) => ({
    kind: 'renew-session' as const,
    mac: HostapdLab.mac,
    switch: 'sw-1',
    port: 'p1',
    sessionId: (await lab.session())?.sessionId ?? 'none',
    isolation: { ...mri, mac: HostapdLab.mac },
    ...changes,
  });

  it('F32 knows a session that does not exist, and says what is wrong with secret and NAS', async () => {
    expect(await newDriver().probe()).toMatchObject([{ ok: true }]);
    const wrong = await lab.writeSecret('wrong', 'not it');
    expect(await newDriver({ secretFile: wrong, sendings: 1 }).probe()).toMatchObject([
      { ok: false, detail: expect.stringContaining('no answer') },
    ]);
    expect(await newDriver({ nas: { address: '10.99.0.2' } }).probe()).toMatchObject([
      { ok: false, detail: expect.stringContaining('Error-Cause 403') },
    ]);
    expect(await lab.session()).toMatchObject({ vlan: 10 });
  });

  it('F4 R4 is refused with 401 for an attribute of another vendor, and then asks without it', async () => {
    const driver = newDriver({ nasPorts: { p1: 1 } }, 'extreme-exos');
    // 401 for NAS-Port; without it the device is not known: 503.
    await expect(driver.apply(await renewal({ mac: '02:00:00:00:aa:99' }))).rejects.toMatchObject({
      code: 'no-session',
    });
  });

  it('says in words that no CoA can carry a VLAN there', async () => {
    const policies = [{ name: 'vlan-66', mode: 'vlan-bridged', quarantineVlan: 66, permits: 'as-sent' }];
    await expect(newDriver({ policies }, 'fortiswitch').apply(await renewal())).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('unsupported attribute (Error-Cause 401)'),
    });
    expect(await lab.session()).toMatchObject({ vlan: 10 });
  });

  it('ends the session, which is back in the quarantine VLAN; and by a proxy, R2, which brings it home', async () => {
    const driver = newDriver();
    const before = await renewal();
    await lab.assign(66);
    await driver.apply(before);
    expect(await lab.session()).toBeNull();
    const quarantined = await lab.readmit();
    expect(quarantined).toMatchObject({ vlan: 66, isolated: true });
    expect(quarantined.sessionId).not.toBe(before.sessionId);

    // R3: the older session's id does not touch the newer session.
    await expect(driver.apply(before)).rejects.toMatchObject({ code: 'no-session' });
    expect(await lab.session()).toMatchObject({ sessionId: quarantined.sessionId });

    await lab.assign(10);
    const through = { kind: 'proxy', host: lab.address, port: PROXY_PORT };
    const proxied = newDriver({ through, from: lab.address, firstMs: 3000 });
    expect(await proxied.probe()).toMatchObject([{ ok: true }]);
    await proxied.apply(await renewal({ isolation: null }));
    expect(await lab.readmit()).toMatchObject({ vlan: 10, isolated: false });
  });
});
