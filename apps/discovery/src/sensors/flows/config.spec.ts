import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { configSchema } from '../../config.js';

const switchOfPoint = { kind: 'ovs', id: 'ovs-1-ovsdb', point: 'ovs-1', ovsdb: 'tcp:10.99.0.2:6640', bridge: 'wl-br0' };

/** The paths of what is wrong with one sensor, in an otherwise sound configuration. */
function problemsOf(sensor: unknown): string[] {
  const config = { site: 'north', insideNetworks: ['10.0.0.0/8'], sensors: [sensor, switchOfPoint] };
  const issues = configSchema.safeParse(config).error?.issues ?? [];
  return issues.map(({ path, code }) => (code === 'unrecognized_keys' ? 'unknown-key' : path.slice(2).join('.')));
}

describe.each(['netflow', 'sflow'])('the configuration of a sensor of kind %s', (kind) => {
  const folder = (name: string): URL => new URL(`../${kind}/testdata/${name}/`, import.meta.url);
  const read = (name: string, file: string): unknown => parse(readFileSync(new URL(file, folder(name)), 'utf8'));

  it.each(readdirSync(folder('valid')))('is taken: %s', (file) => {
    expect(problemsOf(read('valid', file))).toEqual([]);
  });

  it.each(readdirSync(folder('invalid')))('is refused for one reason, named by the file: %s', (file) => {
    expect(problemsOf(read('invalid', file))).toEqual([file.replace('.yaml', '')]);
  });
});
