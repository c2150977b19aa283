import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { snmpPointSchema } from './config.js';

const folder = (name: string): URL => new URL(`./testdata/${name}/`, import.meta.url);
const read = (kind: string, file: string): unknown => parse(readFileSync(new URL(file, folder(kind)), 'utf8'));

describe('the configuration of a switch by SNMP', () => {
  it.each(readdirSync(folder('valid')))('is taken: %s', (file) => {
    expect(snmpPointSchema.safeParse(read('valid', file)).error?.issues).toBeUndefined();
  });

  it.each(readdirSync(folder('invalid')))('is refused for one reason, named by the file: %s', (file) => {
    const result = snmpPointSchema.safeParse(read('invalid', file));
    const named = (result.error?.issues ?? []).map(({ path, code }) =>
      code === 'unrecognized_keys' ? 'unknown-key' : path.join('.'),
    );
    expect(named).toEqual([file.replace('.yaml', '')]);
  });

  it.each([
    ['des', 'DES is refused'],
    ['aes192', 'AES-192 is not offered'],
  ])('says why it does not take %s', (privacy, words) => {
    const whole = read('valid', 'version-3.yaml') as { connection: object };
    const result = snmpPointSchema.safeParse({ ...whole, connection: { ...whole.connection, privacy } });
    expect(result.error?.issues.map(({ message }) => message).join()).toContain(words);
  });

  it('is the same in the documentation', () => {
    const page = readFileSync(new URL('../../../../../docs/integrations/snmp.md', import.meta.url), 'utf8');
    const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const { points } = parse(example) as { points: unknown[] };
    expect(points.map((point) => snmpPointSchema.safeParse(point).success)).toEqual(points.map(() => true));
  });
});
