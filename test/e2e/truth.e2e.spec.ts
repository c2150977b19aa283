import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot } from '../../deploy/local/repository.js';
import { quarantineEvents, startWorm, untilQuarantine } from '../stage/quarantines.js';
import { openStage, type Stage } from '../stage/stage.js';
import { switchTables, type SwitchTables } from '../stage/switch-tables.client.js';
import { HOSTS, SMALL_STUDY, SPARE, VLANS } from '../ward/index.js';

const { dns, mri, mri2 } = HOSTS;
const quiet = (): void => undefined;
/** In decibans: less than one failed first contact weighs. */
const NOTHING_MUCH = 6;

/** What a healthy host's software looks up; nobody has these names. Each is of a domain of its own. */
const CLIENT_NAMES = Array.from({ length: 60 }, (_, i) => `telemetry.supplier-${i + 1}.example`);

describe('what is no proof of an infection, and what is', () => {
  let stage: Stage;
  let before: SwitchTables;

  beforeAll(async () => {
    stage = await openStage({ name: 'e2e-truth', log: quiet });
    before = await switchTables(stage.ward);
  }, 180_000);

  afterAll(async () => {
    await stage?.close();
  }, 60_000);

  /** The most that was held against a device, in decibans. */
  const mostHeldAgainst = (deviceId: string): number =>
    Math.max(0, ...stage.recorder.of('lazaret.assessment.changed', deviceId).map(({ event }) => event.data.counted));

  it('a dead name server raises nobody, and with it back the worm is found', async () => {
    const { recorder, ward } = stage;
    const clients = { mri2: 'mri-2', ct: 'ct-1', ws: 'workstation-1' } as const;
    const atServer = await ward.capture({ port: dns.port }, 'udp port 53');
    await ward.dns.stop('frozen');
    const frozenAt = Date.now();
    const profile = join(repositoryRoot(), 'test/e2e/profiles/clients.yaml');
    const asking = await Promise.all(
      (['mri2', 'ct', 'ws'] as const).map((host) => ward.infect({ host, profile, names: CLIENT_NAMES })),
    );
    await sleep(12_000);
    const asked = await Promise.all(asking.map((client) => client.stop()));
    for (const attempts of asked) expect(attempts.length).toBeGreaterThan(40);
    const packets = (await atServer.stop()).filter(({ time }) => time > frozenAt + 100);
    expect(packets.filter(({ destination }) => destination === dns.address).length).toBeGreaterThan(100);
    expect(packets.filter(({ source }) => source === dns.address)).toEqual([]);
    // What was silent is told after its second, and is weighed within another.
    await sleep(4000);
    for (const asset of Object.values(clients)) {
      expect([asset, mostHeldAgainst(await stage.deviceId(asset)) < NOTHING_MUCH]).toEqual([asset, true]);
    }
    await ward.dns.start();
    await sleep(1000);
    for (const { event } of recorder.of('lazaret.assessment.changed'))
      expect([event.data.deviceId, event.data.counted < NOTHING_MUCH]).toEqual([event.data.deviceId, true]);
    expect(await switchTables(ward)).toEqual(before);

    // It was the dead server that excused them: the same look-ups, answered that there is no such name, do weigh.
    const wsId = await stage.deviceId('workstation-1');
    const again = await ward.infect({ host: 'ws', profile, names: CLIENT_NAMES });
    await recorder.until(
      'lazaret.assessment.changed',
      ({ data }) => data.deviceId === wsId && data.counted > 2 * NOTHING_MUCH,
      30_000,
      'look-ups of names that nobody has weigh',
    );
    await again.stop();

    const mri2Id = await stage.deviceId('mri-2');
    const worm = await startWorm(stage, 'mri2');
    await untilQuarantine(stage, mri2Id, { decision: 'approved', truth: 'proven' });
    await worm.stop();
    expect((await ward.switch.port(mri2.port)).tag).toBe(VLANS.quarantine);
  });

  it('a host that uses the MAC and address of the MRI does not get the MRI isolated, and its port is named', async () => {
    const { recorder, ward } = stage;
    const mriId = await stage.deviceId('mri-1');
    before = await switchTables(ward);
    const modality = await ward.startModality('mri', { shape: SMALL_STUDY, worklistEveryMs: 2000 });
    await ward.impersonate('mri', 'clone');
    const atSpare = await ward.capture({ port: SPARE.port }, `tcp port 445 and src host ${mri.address}`);
    const worm = await startWorm(stage, 'clone');
    const named = await recorder.until(
      'lazaret.assessment.changed',
      ({ data }) =>
        data.parts.some(({ detector, why }) => detector === 'address-taken-over' && why.includes(SPARE.port)),
      60_000,
      'the port of the clone is named',
    );
    expect(named.event.data.deviceId).not.toBe(mriId);
    await recorder.until(
      'lazaret.device.changed',
      ({ data }) =>
        data.deviceId === mriId && data.interfaces.some(({ ambiguous, port }) => ambiguous && port === mri.port),
      60_000,
      'the MRI is seen at two ports, and stays at its own',
    );
    await sleep(8000);
    expect((await worm.stop()).length).toBeGreaterThan(100);
    expect((await atSpare.stop()).length).toBeGreaterThan(50);
    await sleep(2500);
    expect(mostHeldAgainst(mriId)).toBeLessThan(NOTHING_MUCH);
    expect(quarantineEvents(stage, mriId)).toEqual([]);
    expect(await switchTables(ward)).toEqual(before);
    await ward.endImpersonation('clone');
    await modality.stop();
  });

  it('the same traffic from the port of the MRI itself gets it isolated', async () => {
    const { ward } = stage;
    const mriId = await stage.deviceId('mri-1');
    const atOwn = await ward.capture({ port: mri.port }, `tcp port 445 and src host ${mri.address}`);
    const modality = await ward.startModality('mri', { shape: SMALL_STUDY, worklistEveryMs: 2000 });
    const worm = await startWorm(stage, 'mri');
    await untilQuarantine(stage, mriId, { decision: 'approved', truth: 'proven' });
    expect((await worm.stop()).length).toBeGreaterThan(0);
    expect((await atOwn.stop()).length).toBeGreaterThan(0);
    expect((await ward.switch.port(mri.port)).tag).toBe(VLANS.quarantine);
    expect(await ward.witness(await modality.stop())).toMatchObject({ missing: [], different: [], failedStudies: [] });
  });

  it('says nothing on its topics that a second client could not read', () => {
    expect(stage.recorder.invalid).toEqual([]);
    expect(stage.recorder.of('lazaret.dead-letter.kept')).toEqual([]);
  });
});
