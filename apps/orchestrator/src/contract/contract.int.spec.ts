import { openDatabase, type TestDatabase } from '../testing/database.client.js';
import { Desk } from '../testing/desk.store.js';
import { STORE, archive, device, networkInterface } from '../testing/examples.js';
import { CsvInventoryImport } from './inventory-import.command.js';

let database: TestDatabase;
let desk: Desk;
const ADA = { name: 'ada', role: 'admin' as const };

beforeAll(async () => {
  database = await openDatabase();
});
beforeEach(async () => {
  await database.reset();
  desk = new Desk(database);
});
afterAll(() => database.close());

const contracts = async (deviceId: string) =>
  (await desk.of('lazaret.contract.resolved', deviceId)).map(({ data }) => data);

it('is published when the peer becomes known, again when its address changes, and not otherwise', async () => {
  const mri = device({ flows: [STORE] });
  await desk.hearDevice(mri);
  const peer = archive();
  await desk.hearDevice(peer);
  await desk.hearDevice({ ...peer, revision: 2, ward: 'cellar' });
  const moved = [networkInterface('00:16:3e:20:00:10', '10.20.0.99')];
  await desk.hearDevice({ ...peer, revision: 3, interfaces: moved });
  const found = await contracts(mri.deviceId);
  expect(
    found.map(({ revision, unresolved, flows }) => [revision, unresolved, flows.map((flow) => flow.peerAddress)]),
  ).toEqual([
    [1, ['dicom-store ARCHIVE'], []],
    [2, [], ['10.20.0.10']],
    [3, [], ['10.20.0.99']],
  ]);
  expect(new Set(found.slice(1).map(({ flows }) => flows[0]?.flowId)).size).toBe(1);
  const view = await desk.look.devices.device(mri.deviceId);
  expect(view?.contract).toMatchObject({
    revision: 3,
    flows: [{ peerAddress: '10.20.0.99', resolvedBy: 'inventory' }],
  });
});

it('ignores an older revision of a device', async () => {
  const mri = device({ revision: 5, flows: [STORE] });
  await desk.hearDevice(mri);
  await desk.hearDevice({ ...mri, revision: 4, name: 'old' });
  expect((await desk.look.devices.device(mri.deviceId))?.name).toBe('MRI 3');
});

const HEADER = 'site,realm,asset,name,modality,criticality,ward,ae_titles,infrastructure,mac,addressing,address,flows';
const MRI =
  'north,,MRI-3,MRI 3,MR,important,radiology,MRI,no,08:00:06:10:00:11,static,10.10.0.11,dicom-store>ARCHIVE:tcp/104!';
const CT = 'north,,CT-1,CT 1,CT,life-critical,emergency,CT,no,08:00:06:10:00:13,static,10.10.0.13,';
const csv = (...rows: string[]) => [HEADER, ...rows].join('\n');

it('publishes what a file adds, changes and leaves out, and nothing for what is the same', async () => {
  const inventory = new CsvInventoryImport(database.dataSource);
  expect(await inventory.run(csv(MRI, CT), { dryRun: true }, ADA)).toMatchObject({ value: { added: 2 } });
  expect(await database.published()).toEqual([]);
  await inventory.run(csv(MRI, CT), { dryRun: false }, ADA);
  expect(await inventory.run(csv(MRI, CT), { dryRun: false }, ADA)).toMatchObject({ value: { added: 0, same: 2 } });
  const changed = await inventory.run(csv(MRI.replace('MRI 3', 'MRI three')), { dryRun: false }, ADA);
  expect(changed).toEqual({ ok: true, value: { added: 0, changed: 1, same: 0, removed: 1 } });
  const events = await desk.of('lazaret.inventory.declared', 'north/CT-1');
  expect(events.map(({ data }) => data.removed)).toEqual([false, true]);
  expect((await desk.of('lazaret.inventory.declared', 'north/MRI-3')).map(({ data }) => data.name)).toEqual([
    'MRI 3',
    'MRI three',
  ]);
  expect(await inventory.run(csv(MRI, CT), { dryRun: false }, ADA)).toMatchObject({ value: { added: 1, changed: 1 } });
});

it('publishes nothing of a file with a mistake', async () => {
  const inventory = new CsvInventoryImport(database.dataSource);
  const result = await inventory.run(csv(MRI, CT.replace('life-critical', 'grave')), { dryRun: false }, ADA);
  expect(result).toMatchObject({ ok: false, problems: [{ row: 3, column: 'criticality', code: 'unknown-word' }] });
  expect(await database.published()).toEqual([]);
});
