import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { pointSchema } from '../point.js';

const folder = (name: string): URL => new URL(`./testdata/${name}/`, import.meta.url);
const read = (kind: string, file: string): unknown => parse(readFileSync(new URL(file, folder(kind)), 'utf8'));

describe('the configuration of a point', () => {
  it.each(readdirSync(folder('valid')))('is taken: %s', (file) => {
    expect(pointSchema.safeParse(read('valid', file)).success).toBe(true);
  });

  it.each(readdirSync(folder('invalid')))('is refused for one reason, named by the file: %s', (file) => {
    const result = pointSchema.safeParse(read('invalid', file));
    const named = (result.error?.issues ?? []).map(({ path, code }) =>
      code === 'unrecognized_keys' ? 'unknown-key' : path.join('.'),
    );
    expect(named).toEqual([file.replace('.yaml', '')]);
  });
});
