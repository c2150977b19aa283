import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { configSchema } from '../../config.js';

const files = (kind: string, folder: string): [string, string, unknown][] =>
  readdirSync(new URL(`../${kind}/testdata/${folder}/`, import.meta.url)).map((file) => {
    const text = readFileSync(new URL(`../${kind}/testdata/${folder}/${file}`, import.meta.url), 'utf8');
    return [kind, file, parse(text)];
  });
const all = (folder: string) => ['zeek', 'eve'].flatMap((kind) => files(kind, folder));
const check = (sensor: unknown) =>
  configSchema.safeParse({ site: 'north', insideNetworks: ['10.0.0.0/8'], sensors: [sensor] });

describe('the configuration of a sensor that writes lines', () => {
  it.each(all('valid'))('is taken: %s %s', (_, __, sensor) => {
    expect(check(sensor).error?.issues).toBeUndefined();
  });

  it.each(all('invalid'))('is refused for one reason, named by the file: %s %s', (_, file, sensor) => {
    const named = (check(sensor).error?.issues ?? []).map(({ path, code }) =>
      code === 'unrecognized_keys' ? 'unknown-key' : path.slice(2).join('.'),
    );
    expect(named).toEqual([file.replace('.yaml', '')]);
  });
});
