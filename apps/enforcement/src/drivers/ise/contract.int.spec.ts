import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { newTlsIdentity } from '../http/testing/tls-identity.client.js';
import { IseDriver } from './ise.driver.js';
import { contractFaults, ersContract, mntContract } from './testing/contract.js';
import { pointOf, startStandIn } from './testing/ise-fixture.client.js';
import type { Exchange, IseStandIn } from './testing/ise-stand-in.client.js';
import { mri } from './testing/points.js';

const run = promisify(execFile);
const python = join(process.cwd(), '.lazaret/python/bin/python3');
const script = join(process.cwd(), 'apps/enforcement/src/drivers/ise/testing/sdk_client.py');
const contracts = join(process.env['LAZARET_DATA'] ?? join(process.cwd(), '../shared/data'), 'nac/cisco-ise');

/** Where a peer is absent its test says so in its name. */
const withSdk = existsSync(python) ? it : it.skip;
const withContracts = existsSync(contracts) ? it : it.skip;

const identity = newTlsIdentity();
afterAll(() => identity.remove());

describe('our stand-in of ISE', () => {
  let standIn: IseStandIn;
  beforeEach(async () => {
    standIn = await startStandIn(identity);
  });
  afterEach(() => standIn.close());

  const forms = [
    { version: '3.3_patch_1', body: 'additional-data', status: 204, mnt: { session: 200, renewed: 200 }, writes: 3 },
    { version: '3.5.0', body: 'anc-endpoint', status: 200, mnt: {}, writes: 2 },
  ] as const;

  withSdk.each(forms)(
    "is taken for ISE by Cisco's own client of $version",
    async ({ version, body, status, mnt, writes }) => {
      standIn.ers = { ...standIn.ers, body, success: { apply: status, clear: status } };
      const words = [
        version,
        standIn.origin,
        identity.caFile,
        mri.mac.toUpperCase(),
        'Lazaret-Imaging',
        identity.folder,
      ];
      const { stdout } = await run(python, [script, ...words]);
      expect(JSON.parse(stdout)).toEqual({
        apply: status,
        clear: status,
        policy: ['QUARANTINE'],
        held: [mri.mac.toUpperCase(), 'Lazaret-Imaging'],
        left: 0,
        ...mnt,
      });
      expect(standIn.writes).toBe(writes);
    },
  );

  withContracts("keeps Cisco's contracts, and so does our driver, in either form", async () => {
    const ers = ersContract(readFileSync(join(contracts, 'ers-subset.openapi.json'), 'utf8'));
    const mnt = mntContract(
      parse(readFileSync(join(contracts, 'cisco-ise-monitoring-open-api-monitoring-open-api.yaml'), 'utf8')),
    );
    standIn.ers = { ...standIn.ers, body: 'anc-endpoint', lists: 'with slash', success: { apply: 204, clear: 200 } };
    await isolateAndRelease(standIn);
    expect(standIn.journal.flatMap((one) => contractFaults(one, [...ers, ...mnt]))).toEqual([
      // What is tried first, the older form, the newer contract does not have: its node answers 404 and 400.
      'GET /ers/config/ancendpoint: not documented',
      "PUT /ers/config/ancendpoint/apply: request: must have required property 'ErsAncEndpoint'",
    ]);
    expect(standIn.journal.filter(({ asked }) => asked.path.startsWith('/admin/API/mnt')).length).toBeGreaterThan(3);
  });

  withContracts("sends the older form as the schemas of Cisco's client have it", async () => {
    await isolateAndRelease(standIn);
    const puts = standIn.journal.filter(({ asked }) => asked.method === 'PUT');
    const ajv = new Ajv({ strict: false, validateSchema: false });
    const faults = puts.flatMap(({ asked }) => {
      const what = asked.path.split('/').at(-1);
      const schema = readFileSync(join(contracts, `sdk-schemas/anc_endpoint.${what}_anc_endpoint.json`), 'utf8');
      const { $schema: _draft4, ...rules } = JSON.parse(schema);
      const validate = ajv.compile({ ...rules, additionalProperties: false });
      return validate(JSON.parse(asked.text)) ? [] : [ajv.errorsText(validate.errors)];
    });
    expect(puts.map(({ asked }) => asked.path.split('/').at(-1))).toEqual(['apply', 'clear']);
    expect(faults).toEqual([]);
  });

  async function isolateAndRelease(at: IseStandIn): Promise<Exchange[]> {
    const driver = new IseDriver(pointOf(at, identity));
    await driver.apply({ kind: 'set-policy', isolation: mri });
    const reading = await driver.read([mri.mac]);
    const { sessionId } = reading.sessions[0]!;
    await driver.apply({ kind: 'renew-session', mac: mri.mac, switch: null, port: null, sessionId, isolation: mri });
    await driver.probe();
    await driver.apply({ kind: 'clear-policy', mac: mri.mac, quarantineId: mri.quarantineId });
    await driver.close();
    return at.journal;
  }
});
