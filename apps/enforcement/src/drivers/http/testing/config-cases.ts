import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { z } from 'zod';

/**
 * What a point's configuration is taken and refused for: files under `testdata` beside a spec, and the example in the
 * point's page of docs/integrations.
 */
export function describeConfig(kind: string, schema: z.ZodType, spec: string): void {
  const folder = (name: string): URL => new URL(`./testdata/${name}/`, spec);
  const read = (name: string, file: string): unknown => parse(readFileSync(new URL(file, folder(name)), 'utf8'));

  describe(`the configuration of a point ${kind}`, () => {
    it.each(readdirSync(folder('valid')))('is taken: %s', (file) => {
      expect(schema.safeParse(read('valid', file)).error?.issues).toBeUndefined();
    });

    it.each(readdirSync(folder('invalid')))('is refused for one reason, named by the file: %s', (file) => {
      const result = schema.safeParse(read('invalid', file));
      const named = (result.error?.issues ?? []).map(({ path, code }) =>
        code === 'unrecognized_keys' ? 'unknown-key' : path.join('.'),
      );
      expect(named).toEqual([file.replace('.yaml', '')]);
    });

    it('is as its page shows it', () => {
      const page = readFileSync(new URL(`../../../../../docs/integrations/${kind}.md`, spec), 'utf8');
      const [, example = ''] = /```yaml\n([\s\S]+?)```/.exec(page) ?? [];
      const { points } = parse(example) as { points: unknown[] };
      expect(schema.safeParse(points[0]).error?.issues).toBeUndefined();
    });
  });
}
