import { RadiusDriver } from './radius.driver.js';
import { MODEL_NAMES, type ModelName } from './models/models.js';
import { FreeRadiusNas } from './testing/free-radius-nas.client.js';
import { aPoint, carryingPoint, mri } from './testing/points.js';
import { TestFolder } from './testing/secret.client.js';
import type { SessionSource } from './session-source.js';

const SECRET = 'coasecret';
const ID = '0A00000100000001';

/** What FreeRADIUS, with the vendors' dictionaries, has to understand of each model's usual request. */
const UNDERSTOOD: Record<ModelName, string[]> = {
  'cisco-ios-xe': ['CoA-Request', 'cisco=', 'subscriber:command=reauthenticate', 'subscriber:reauthenticate-type=last'],
  'aruba-aos-cx': ['Disconnect-Request', 'user=080006100011', `session=${ID}`],
  'aruba-aos-s': ['CoA-Request', 'user=080006100011', 'timeout=2', 'action=RADIUS-Request'],
  'juniper-ex': ['Disconnect-Request', `session=${ID}`],
  'extreme-exos': ['Disconnect-Request', 'session=|'],
  comware: ['Disconnect-Request', `session=${ID}`],
  fortiswitch: ['CoA-Request', 'forti=action=reauth-port'],
  huawei: ['CoA-Request', 'huawei=user-command=1'],
  ieee8021x: ['Disconnect-Request', `session=${ID}`],
};

describe("the models, as FreeRADIUS reads them with the vendors' own dictionaries", () => {
  let nas: FreeRadiusNas;
  let folder: TestFolder;
  const drivers: RadiusDriver[] = [];

  beforeAll(async () => {
    [nas, folder] = await Promise.all([
      FreeRadiusNas.start(SECRET, [{ mac: mri.mac, sessionId: ID }]),
      TestFolder.make(SECRET),
    ]);
  });

  afterAll(async () => {
    await Promise.all(drivers.map((driver) => driver.close()));
    await nas.stop();
    await folder.remove();
  });

  const auditId: SessionSource = {
    read: () => Promise.resolve([{ ...reading, sessionId: ID }]),
    idOf: () => ({ kind: 'audit-session-id', value: ID }),
    close: () => undefined,
  };

  function newDriver(model: ModelName, changes: object = {}, source: SessionSource | null = null): RadiusDriver {
    const own = { host: '127.0.0.1', port: nas.port, secretFile: folder.secretFile, ...changes };
    const point = 'policies' in changes ? carryingPoint(model, own) : aPoint(model, own);
    const driver = new RadiusDriver(point, undefined, source);
    drivers.push(driver);
    return driver;
  }

  const step = {
    kind: 'renew-session',
    mac: mri.mac,
    switch: 'sw-1',
    port: '7',
    sessionId: ID,
    isolation: mri,
  } as const;
  const last = async (): Promise<string> => {
    const { type, attributes } = (await nas.understood()).at(-1)!;
    return `${type} ${attributes}`;
  };

  it.each(MODEL_NAMES)('%s is understood as it is meant', async (model) => {
    await newDriver(model).apply(step);
    const text = await last();
    for (const part of UNDERSTOOD[model]) expect(text).toContain(part);
    expect(text).toMatch(/time=\w/);
  });

  it("names Cisco's session by its audit-session-id", async () => {
    await newDriver('cisco-ios-xe', {}, auditId).apply(step);
    expect(await last()).toContain(`audit-session-id=${ID}`);
    const gone = newDriver(
      'cisco-ios-xe',
      {},
      {
        ...auditId,
        idOf: () => ({ kind: 'audit-session-id', value: '0A00000100000002' }),
      },
    );
    await expect(gone.apply(step)).rejects.toMatchObject({ code: 'no-session' });
  });

  it.each([
    ['cisco-ios-xe', 'subscriber:command=bounce-host-port'],
    ['aruba-aos-cx', 'abounce=12'],
    ['aruba-aos-s', 'hbounce=12'],
    ['juniper-ex', 'juniper=Port-Bounce'],
    ['fortiswitch', 'forti=action=bounce-port'],
    ['huawei', 'huawei=user-command=2'],
  ] as const)('%s is bounced by what its vendor says', async (model, part) => {
    await newDriver(model, { renew: 'bounce' }).apply(step);
    expect(await last()).toContain(part);
  });

  it('F4 an AOS-CX role that the switch has not is refused in words, and one that it has is taken', async () => {
    const policies = (name: string) => [{ name, mode: 'vlan-bridged', quarantineVlan: 66, permits: [] }];
    await expect(newDriver('aruba-aos-cx', { policies: policies('nowhere') }).apply(step)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('Error-Cause 407'),
    });
    await newDriver('aruba-aos-cx', { policies: policies('lazaret-mri') }).apply(step);
    expect(await last()).toContain('arole=lazaret-mri');
  });

  it('R1 hears its answers, which it signs over zeros, and says it once', async () => {
    const said: object[] = [];
    const logger = { warn: (what: object) => said.push(what) };
    const point = aPoint('comware', { host: '127.0.0.1', port: nas.port, secretFile: folder.secretFile });
    const driver = new RadiusDriver(point, logger as never, null);
    drivers.push(driver);
    await driver.apply(step);
    await driver.apply(step);
    expect(said).toEqual([{ pointId: 'sw-1' }]);
  });

  it('F32 answers the harmless request of each model with 503', async () => {
    for (const model of MODEL_NAMES) expect(await newDriver(model).probe()).toMatchObject([{ ok: true }]);
  });
});

const reading = {
  mac: mri.mac,
  switch: 'sw-1',
  port: '7',
  state: 'authorized',
  authorizedBy: 'server',
  vlan: 10,
  policy: null,
  isolated: false,
  startedAt: null,
} as const;
