import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { pointSchema } from '../point.js';
import { ciscoAcl } from '../syntax/cisco-acl.js';
import { isePointSchema } from './config.js';
import { mri } from './testing/points.js';

const folder = (name: string): URL => new URL(`./testdata/${name}/`, import.meta.url);
const read = (kind: string, file: string): unknown => parse(readFileSync(new URL(file, folder(kind)), 'utf8'));

describe('the configuration of ISE', () => {
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

describe('the page on ISE', () => {
  const page = readFileSync(new URL('../../../../../docs/integrations/ise.md', import.meta.url), 'utf8');
  const block = (language: string): string =>
    new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';
  const points = z.object({ points: z.array(isePointSchema) });

  it('has an example that is taken as it stands', () => {
    expect(points.safeParse(parse(block('yaml'))).error?.issues).toBeUndefined();
  });

  it('has the downloadable ACL of its own example, as it is compiled for Cisco', () => {
    const [{ policies } = { policies: [] }] = points.parse(parse(block('yaml'))).points;
    const permits = policies[0]!.permits;
    if (permits === 'as-sent') throw new Error('a policy of ISE is fixed');
    const isolation = { ...mri, permits: permits.map((one) => ({ ...one, flowId: `${one.port}`, nextHop: null })) };
    const lines = block('text')
      .split('\n')
      .map((line) => line.trim());
    expect(lines.filter((line) => line !== '')).toEqual(ciscoAcl(isolation, { ipv6: 'none', entries: 64 }).ipv4);
  });
});
