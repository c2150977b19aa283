import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { radiusPolicyPointSchema } from './config.js';

const folder = (name: string): URL => new URL(`./testdata/${name}/`, import.meta.url);
const read = (kind: string, file: string): unknown => parse(readFileSync(new URL(file, folder(kind)), 'utf8'));

describe('the configuration of a RADIUS policy source', () => {
  it.each(readdirSync(folder('valid')))('is taken: %s', (file) => {
    expect(radiusPolicyPointSchema.safeParse(read('valid', file)).error?.issues).toBeUndefined();
  });

  it.each(readdirSync(folder('invalid')))('is refused for one reason, named by the file: %s', (file) => {
    const result = radiusPolicyPointSchema.safeParse(read('invalid', file));
    const named = (result.error?.issues ?? []).map(({ path, code }) =>
      code === 'unrecognized_keys' ? 'unknown-key' : path.join('.'),
    );
    expect(named).toEqual([file.replace('.yaml', '')]);
  });
});

describe('the example in the documentation', () => {
  it('is a configuration that is taken', () => {
    const page = readFileSync(new URL('../../../../../docs/integrations/radius-policy.md', import.meta.url), 'utf8');
    const example = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? '';
    expect(radiusPolicyPointSchema.safeParse(parse(example)).error?.issues).toBeUndefined();
  });
});
