import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../local/repository.js';

/** A small tree with one fault in each file, and beside it the same thing done rightly. */
const TREE: Record<string, string> = {
  'libs/events/src/index.ts': 'export const topic = 1;\n',
  'libs/events/src/inner.ts': 'export const inner = 1;\n',
  'libs/events/src/grabs-app.ts': "import { own } from '../../../apps/a/src/own.js';\nexport const grabbed = own;\n",
  'libs/messaging/src/kafka.client.ts': "import { Kafka } from 'kafkajs';\nexport const client = Kafka;\n",
  'apps/a/src/own.ts': 'export const own = 1;\n',
  'apps/a/src/fine.ts':
    "import { own } from './own.js';\nimport type { EntityManager } from 'typeorm';\nexport const fine = (m: EntityManager) => [m, own];\n",
  'apps/a/src/rows.store.ts': "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
  'apps/a/src/rule.ts': "import { readFileSync } from 'node:fs';\nexport const rule = readFileSync;\n",
  'apps/a/src/table.ts': "import { DataSource } from 'typeorm';\nexport const table = DataSource;\n",
  'apps/a/src/talks.client.ts': "import { Kafka } from 'kafkajs';\nexport const kafka = Kafka;\n",
  'apps/a/src/inner-lib.ts': "import { inner } from '../../../libs/events/src/inner.js';\nexport const used = inner;\n",
  'apps/a/src/uses-test.ts': "import { ward } from '../../../test/ward.js';\nexport const used = ward;\n",
  'apps/a/src/one.ts': "import { two } from './two.js';\nexport const one = (): unknown => two;\n",
  'apps/a/src/two.ts': "import { one } from './one.js';\nexport const two = (): unknown => one;\n",
  'apps/b/src/peer.ts': "import { own } from '../../a/src/own.js';\nexport const peer = own;\n",
  'test/ward.ts': 'export const ward = 1;\n',
  'apps/a/src/lint/floating.ts': 'export function go(work: () => Promise<void>): void {\n  work();\n}\n',
  'apps/a/src/lint/any.ts': 'export const anything: any = 1;\n',
  'apps/a/src/lint/type-import.ts':
    "import { Point } from './point.js';\nexport const x = (p: Point): number => p.x;\n",
  'apps/a/src/lint/point.ts': 'export interface Point {\n  x: number;\n}\n',
  'apps/a/src/lint/forgotten.ts':
    "export function f(s: 'a' | 'b'): number {\n  switch (s) {\n    case 'a':\n      return 1;\n  }\n  return 0;\n}\n",
  'apps/a/src/lint/env.ts': "export const url = process.env['DATABASE_URL'];\n",
  'apps/a/src/lint/calls.ts': "export const call = (): Promise<Response> => fetch('http://127.0.0.1');\n",
  'apps/a/src/lint/dials.ts': "import { connect } from 'node:net';\nexport const dial = connect;\n",
  'apps/a/src/lint/address.ts': "import { isIPv4 } from 'node:net';\nexport const is = isIPv4;\n",
  'apps/a/src/lint/calls.client.ts': "export const call = (): Promise<Response> => fetch('http://127.0.0.1');\n",
};

const dir = mkdtempSync(join(tmpdir(), 'lazaret-seeded-'));

beforeAll(() => {
  const root = repositoryRoot();
  for (const name of [
    'package.json',
    'tsconfig.json',
    'tsconfig.base.json',
    'eslint.config.js',
    '.dependency-cruiser.cjs',
  ]) {
    cpSync(join(root, name), join(dir, name));
  }
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  for (const [file, text] of Object.entries(TREE)) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), text);
  }
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function run(script: string, args: string[]): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, [join('node_modules', script), ...args], {
    cwd: dir,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!stdout.startsWith('{') && !stdout.startsWith('[')) throw new Error(stdout + stderr);
  return JSON.parse(stdout);
}

it('the layer rules report each seeded violation, and nothing that is allowed', () => {
  const args = [
    '--config',
    '.dependency-cruiser.cjs',
    '--preserve-symlinks',
    '--output-type',
    'json',
    'apps',
    'libs',
    'test',
  ];
  const { summary } = run('dependency-cruiser/bin/dependency-cruise.mjs', args) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  const found = summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`).sort();
  expect([...new Set(found)]).toEqual([
    'apps/a/src/inner-lib.ts: libs-by-their-name',
    'apps/a/src/one.ts: no-cycles',
    'apps/a/src/rule.ts: only-io-files-do-io',
    'apps/a/src/table.ts: only-io-files-do-io',
    'apps/a/src/talks.client.ts: only-messaging-knows-kafkajs',
    'apps/a/src/uses-test.ts: no-product-code-imports-test-or-deploy',
    'apps/b/src/peer.ts: no-app-imports-another-app',
    'libs/events/src/grabs-app.ts: no-lib-imports-an-app',
  ]);
});

it('the linter reports each seeded violation, and nothing that is allowed', () => {
  const results = run('eslint/bin/eslint.js', ['--format', 'json', 'apps', 'libs', 'test']) as {
    filePath: string;
    messages: { ruleId: string }[];
  }[];
  const found = results.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId }) => `${filePath.slice(dir.length + 1)}: ${ruleId}`),
  );
  expect(found.sort()).toEqual([
    'apps/a/src/lint/any.ts: @typescript-eslint/no-explicit-any',
    'apps/a/src/lint/calls.ts: no-restricted-globals',
    'apps/a/src/lint/dials.ts: @typescript-eslint/no-restricted-imports',
    'apps/a/src/lint/env.ts: no-restricted-properties',
    'apps/a/src/lint/floating.ts: @typescript-eslint/no-floating-promises',
    'apps/a/src/lint/forgotten.ts: @typescript-eslint/switch-exhaustiveness-check',
    'apps/a/src/lint/type-import.ts: @typescript-eslint/consistent-type-imports',
  ]);
});
