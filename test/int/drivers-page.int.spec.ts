import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '#driver';
import { describeDriver } from '#driver/conformance';
import { WebSwitchFixture, type WebSwitchConfig } from './testing/web-switch.client.js';

interface Page {
  WebSwitchDriver: new (config: WebSwitchConfig) => Driver;
}

const page = readFileSync('docs/drivers.md', 'utf8');
const code = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join('\n');

/** Under the repository's root, so that `#driver` is what it is for a driver of the product. */
const directory = join(process.cwd(), '.lazaret', 'drivers-page');

async function made(): Promise<WebSwitchFixture> {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'web-switch.driver.ts');
  writeFileSync(file, code);
  const { WebSwitchDriver } = (await import(file)) as Page;
  return WebSwitchFixture.start((config) => new WebSwitchDriver(config));
}

describeDriver('of docs/drivers.md', made);

it('the driver of docs/drivers.md is as short as the page says, and type-checks as it stands', async () => {
  expect(code.split('\n').filter((line) => line.trim() !== '').length).toBeLessThan(190);
  await made().then((fixture) => fixture.stop());
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions: { noEmit: true }, include: ['*.ts'] }),
  );
  const compiled = promisify(execFile)('npx', ['tsc', '-p', directory]);
  await expect(compiled).resolves.toMatchObject({ stdout: '' });
});
