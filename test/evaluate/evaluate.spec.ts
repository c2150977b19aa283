import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDataSets } from './data-sets.client.js';
import { evaluate } from './evaluation.client.js';
import { observationsOf } from './observations.js';
import { run } from './run.js';

const WORM = '10.10.0.11';
const HEALTHY = '10.10.0.12';
const FIELDS =
  'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto conn_state history orig_ip_bytes label detailedlabel'.split(
    ' ',
  );

/** A conn.log: a worm that sweeps 445/tcp, and a device that stores its images. */
function connLog(label: (malicious: boolean, i: number) => string): string {
  const line = (i: number, malicious: boolean) =>
    [
      1_700_000_000 + i,
      `C${i}${malicious}`,
      malicious ? WORM : HEALTHY,
      50_000 + i,
      malicious ? `172.20.5.${i}` : '10.20.0.10',
      malicious ? 445 : 104,
      'tcp',
      malicious ? 'S0' : 'SF',
      malicious ? 'S' : 'ShADadFf',
      60,
      label(malicious, i),
      '(empty)',
    ].join('\t');
  const lines = Array.from({ length: 12 }, (_, i) => [line(i + 1, true), line(i + 1, false)]).flat();
  return [`#fields\t${FIELDS.join('\t')}`, ...lines, ''].join('\n');
}

const honest = (malicious: boolean) => (malicious ? 'Malicious' : 'Benign');

describe('an evaluation', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'evaluate-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const give = (name: string, text: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'conn.log.labeled'), text);
  };
  const assessments = (from: string) =>
    readDataSets(from).recordings.map(({ traffic }) =>
      run(observationsOf(traffic)).assessments.map(({ data }) => data),
    );

  it('finds a worm in any folder of the layout, in the time of the recording, and holds nothing against its neighbour', () => {
    give('ward', connLog(honest));
    const { text, status } = evaluate([folder]);
    expect(text).toMatch(/^ward +scan +1 +0 +0 +4\.0 s/m);
    expect(text).toMatch(/^holds +every infected device reaches watch/m);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^NOT PASSED: /);
    expect(status).toBe(1);
  });

  it('assesses the same whatever the labels say, though its verdict on them differs', () => {
    give('ward', connLog(honest));
    const before = assessments(folder);
    const truth = evaluate([folder]).text;
    give(
      'ward',
      connLog((malicious, i) => honest(i % 3 === 0 ? malicious : !malicious)),
    );
    expect(before.flat().length).toBeGreaterThan(2);
    expect(assessments(folder)).toEqual(before);
    expect(evaluate([folder]).text).not.toBe(truth);
  });

  it('says so where there are no data sets', () => {
    const { text, status } = evaluate([join(folder, 'none')]);
    expect(text).toContain(`No data sets at ${join(folder, 'none')}`);
    expect(status).toBe(2);
  });

  const real = join(process.env['LAZARET_DATA'] ?? join(process.cwd(), '../shared/data'), 'mirai/zeek_files');
  const given = existsSync(real) ? it : it.skip;
  if (!existsSync(real)) console.warn(`skipped: no labelled capture at ${real} (set LAZARET_DATA)`);

  given('assesses Mirai the same when the labels of its lines are shuffled', () => {
    const lines = readFileSync(join(real, 'conn.log.labeled'), 'utf8').split('\n');
    const rows = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t'));
    const labels = rows.map((row) => row.slice(-2));
    const header = lines.filter((line) => line.startsWith('#'));
    const moved = rows.map((row, i) => [...row.slice(0, -2), ...labels[(i * 7919 + 13) % rows.length]!].join('\t'));
    give('mirai', [...header, ...moved, ''].join('\n'));
    const shuffled = assessments(folder);
    expect(shuffled.flat().length).toBeGreaterThan(4);
    expect(shuffled).toEqual(assessments(real));
  });
});
