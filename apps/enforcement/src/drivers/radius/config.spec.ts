import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { radiusPointSchema } from './config.js';

const folder = (name: string): URL => new URL(`./testdata/${name}/`, import.meta.url);
const read = (kind: string, file: string): unknown => parse(readFileSync(new URL(file, folder(kind)), 'utf8'));

describe('the configuration of a point that speaks RADIUS', () => {
  it.each(readdirSync(folder('valid')))('is taken: %s', (file) => {
    expect(radiusPointSchema.safeParse(read('valid', file)).error?.issues).toBeUndefined();
  });

  it.each(readdirSync(folder('invalid')))('is refused for one reason, named by the file: %s', (file) => {
    const result = radiusPointSchema.safeParse(read('invalid', file));
    const named = (result.error?.issues ?? []).map(({ path, code }) =>
      code === 'unrecognized_keys' ? 'unknown-key' : path.join('.'),
    );
    expect(named).toEqual([file.replace('.yaml', '')]);
  });

  it('is the one that the documentation shows', () => {
    const page = readFileSync(new URL('../../../../../docs/integrations/radius.md', import.meta.url), 'utf8');
    const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
      ([, text]) => parse(text!) as { points: unknown[] },
    );
    expect(examples.length).toBeGreaterThan(0);
    for (const { points } of examples) {
      for (const point of points) expect(radiusPointSchema.safeParse(point).error?.issues).toBeUndefined();
    }
  });
});
