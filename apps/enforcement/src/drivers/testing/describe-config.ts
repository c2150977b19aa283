import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { z } from 'zod';

/** What a point's configuration is taken and refused for: the files under `testdata` beside a spec. */
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
  });
}

/** The examples in the point's page of docs/integrations. */
export function describePage(kind: string, schema: z.ZodType): void {
  describe(`the page on ${kind}`, () => {
    it('shows points that are taken as they stand', () => {
      const shown = pageBlocks(kind, 'yaml').flatMap((block) => (parse(block) as { points: unknown[] }).points);
      expect(shown).not.toEqual([]);
      expect(shown.map((point) => schema.safeParse(point).error?.issues)).toEqual(shown.map(() => undefined));
    });
  });
}

/** The fenced blocks of one language in a point's page. */
export function pageBlocks(kind: string, language: string): string[] {
  const page = readFileSync(new URL(`../../../../../docs/integrations/${kind}.md`, import.meta.url), 'utf8');
  return [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, block = '']) => block);
}
