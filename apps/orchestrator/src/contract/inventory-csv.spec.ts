import fc from 'fast-check';
import { COLUMNS, readInventory } from './inventory-csv.js';

const HEADER = COLUMNS.join(',');
const MRI =
  'north,,MRI-3,MRI 3,MR,important,radiology,MRI,no,08:00:06:10:00:11,static,10.10.0.11,dicom-store>ARCHIVE:tcp/104!';
const file = (...rows: string[]) => [HEADER, ...rows].join('\r\n');
const codes = (csv: string) => readInventory(csv).problems.map(({ row, column, code }) => [row, column, code]);

it('reads an asset with two interfaces, comments and a byte order mark', () => {
  const second = 'north,,MRI-3,,,,,,,08-00-06-10-00-12,dhcp,,';
  const { assets, problems } = readInventory(`\uFEFF# the inventory of north\n${file(MRI, second)}`);
  expect(problems).toEqual([]);
  expect(assets).toMatchObject([
    {
      site: 'north',
      realm: 'default',
      asset: 'MRI-3',
      criticality: 'important',
      aeTitles: ['MRI'],
      infrastructure: false,
      interfaces: [
        { mac: '08:00:06:10:00:11', addressing: 'static', address: '10.10.0.11' },
        { mac: '08:00:06:10:00:12', addressing: 'dhcp', address: null },
      ],
      flows: [{ service: 'dicom-store', peer: 'ARCHIVE', required: true }],
    },
  ]);
});

it('names wrong columns: missing, unknown and doubled', () => {
  expect(codes('site,asset,asset,colour\n')).toEqual(
    expect.arrayContaining([
      [1, 'mac', 'missing-column'],
      [1, 'colour', 'unknown-column'],
      [1, 'asset', 'doubled-column'],
    ]),
  );
});

it.each([
  [
    'a doubled MAC',
    [MRI, MRI.replace('MRI-3', 'MRI-4').replace('.11,', '.12,').replace(',MRI,', ',MRI4,')],
    [3, 'mac', 'doubled-mac'],
  ],
  [
    'a doubled address',
    [MRI, MRI.replace('MRI-3', 'M4').replace(':11,', ':12,').replace(',MRI,', ',M4,')],
    [3, 'address', 'doubled-address'],
  ],
  [
    'an AE title of two assets',
    [MRI, MRI.replace('MRI-3', 'M4').replace(':11,', ':12,').replace('.11,', '.12,')],
    [3, 'ae_titles', 'doubled-ae-title'],
  ],
  ['a MAC that is none', [MRI.replace(':11,', ':1x,')], [2, 'mac', 'invalid-mac']],
  ['a group address', [MRI.replace('08:00', '09:00')], [2, 'mac', 'invalid-mac']],
  ['an address that is none', [MRI.replace('10.10.0.11', '10.10.0')], [2, 'address', 'invalid-address']],
  ['a static interface without address', [MRI.replace('10.10.0.11', '')], [2, 'address', 'required']],
  ['an unknown criticality', [MRI.replace('important', 'grave')], [2, 'criticality', 'unknown-word']],
  ['a flow that is none', [MRI.replace('dicom-store>', 'dicom-store')], [2, 'flows', 'invalid-flow']],
  ['a doubled flow', [`${MRI};dicom-store>ARCHIVE:tcp/104`], [2, 'flows', 'doubled-flow']],
  ['an asset without name', [MRI.replace('MRI 3', '')], [2, 'name', 'required']],
  ['an AE title that is too long', [MRI.replace(',MRI,', ',AN_AE_TITLE_TOO_LONG,')], [2, 'ae_titles', 'too-long']],
  [
    'a second row that says otherwise',
    [MRI, 'north,,MRI-3,Other,,,,,,08:00:06:10:00:12,dhcp,,'],
    [3, 'name', 'differs'],
  ],
  ['a row with too few cells', ['north,,MRI-3'], [2, '', 'wrong-columns']],
])('names %s by row and column, and imports nothing', (_, rows, problem) => {
  const { assets } = readInventory(file(...rows));
  expect(codes(file(...rows))).toContainEqual(problem);
  expect(assets).toEqual([]);
});

it('reports every mistake at once, in the order of the rows', () => {
  const found = codes(
    file(
      MRI.replace('important', 'grave').replace(':11,', ':1x,'),
      MRI.replace('10.10.0.11', 'x').replace('MRI-3', 'M4'),
    ),
  );
  expect(found.map(([row]) => row)).toEqual([2, 2, 3, 3]);
});

it.each([
  ['', 'empty-file'],
  ['"', 'invalid-csv'],
])('says of a file that is %j: %s', (csv, code) => {
  expect(codes(csv)).toEqual([[expect.any(Number), '', code]]);
});

it('takes address text in one spelling', () => {
  const { assets } = readInventory(file(MRI.replace('10.10.0.11', 'FD00:0:0::0011')));
  expect(assets[0]?.interfaces[0]?.address).toBe('fd00::11');
});

it('never throws, and never gives assets beside problems', () => {
  const cell = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom('north', 'MRI-3', 'static', '08:00:06:10:00:11', '10.0.0.1'),
  );
  const row = fc.array(cell, { minLength: 13, maxLength: 13 }).map((cells) => cells.join(','));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 3 }), (rows) => {
      const { assets, problems } = readInventory(file(...rows));
      expect(assets.length === 0 || problems.length === 0).toBe(true);
    }),
  );
});
