import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describeConfig, describePage } from '../testing/describe-config.js';
import { snmpPointSchema } from './config.js';

describeConfig('snmp', snmpPointSchema, import.meta.url);
describePage('snmp', snmpPointSchema);

describe('the encryption of SNMPv3', () => {
  it.each([
    ['des', 'DES is refused'],
    ['aes192', 'AES-192 is not offered'],
  ])('is refused with the reason: %s', (privacy, words) => {
    const file = new URL('./testdata/valid/version-3.yaml', import.meta.url);
    const whole = parse(readFileSync(file, 'utf8')) as { connection: object };
    const result = snmpPointSchema.safeParse({ ...whole, connection: { ...whole.connection, privacy } });
    expect(result.error?.issues.map(({ message }) => message).join()).toContain(words);
  });
});
