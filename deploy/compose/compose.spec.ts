import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import type { z } from 'zod';
import { configSchema as discovery } from '../../apps/discovery/src/config.js';
import { enforcementSchema } from '../../apps/enforcement/src/config.js';
import { orchestratorConfig } from '../../apps/orchestrator/src/config.js';
import { parsePolicy } from '../../apps/orchestrator/src/policy/parse-policy.js';
import { configSchema as riskScoring } from '../../apps/risk-scoring/src/config.js';
import { repositoryRoot } from '../local/repository.js';
import { SERVICES, type ServiceName } from '../prepare/service-databases.js';

interface Service {
  image: string;
  command?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
  build?: { dockerfile: string };
}
interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

const SCHEMAS: Record<ServiceName, z.ZodType> = {
  discovery,
  'risk-scoring': riskScoring,
  orchestrator: orchestratorConfig,
  enforcement: enforcementSchema,
};
const root = repositoryRoot();
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const load = () => parse(read('docker-compose.yml'), { merge: true }) as Compose;

/** The published JSON Schema of the Compose specification. Its identifier is no URI and its draft's name lacks a #. */
function schema(): object {
  const {
    $schema: _draft,
    $id: _id,
    ...rest
  } = JSON.parse(read('node_modules/dclint/schemas/compose.schema.json')) as Record<string, unknown>;
  return rest;
}

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
const isCompose = ajv.compile(schema());

describe('docker-compose.yml', () => {
  const compose = load();

  it('follows the schema of the Compose specification', () => {
    isCompose(compose);
    expect(isCompose.errors).toBeNull();
  });

  it('would not, were a key misspelled', () => {
    const wrong = load();
    Object.assign(wrong.services['kafka']!, { enviroment: {} });
    expect(isCompose(wrong)).toBe(false);
    expect(isCompose({ services: { kafka: { image: 1 } } })).toBe(false);
  });

  it('runs the four services and the job that prepares for them, each with its own role', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['kafka', 'postgres', 'prepare', ...SERVICES].sort());
    for (const name of SERVICES) {
      const { command, environment, depends_on } = compose.services[name]!;
      expect(command).toEqual(['node', `dist/apps/${name}/src/main.js`]);
      expect(environment).toMatchObject({ LAZARET_CONFIG: `/etc/lazaret/${name}.yaml`, KAFKA_BROKERS: 'kafka:9092' });
      expect(environment?.['DATABASE_URL']).toMatch(`postgres://lazaret_${name.replace('-', '_')}:`);
      expect(depends_on).toEqual({ prepare: { condition: 'service_completed_successfully' } });
    }
  });

  it('names only files and volumes that exist, and no password', () => {
    for (const { volumes = [], build } of Object.values(compose.services)) {
      if (build !== undefined) expect(existsSync(join(root, build.dockerfile))).toBe(true);
      for (const [source = ''] of volumes.map((volume) => volume.split(':'))) {
        expect(source.startsWith('.') ? existsSync(join(root, source)) : source in compose.volumes).toBe(true);
      }
    }
    expect(read('docker-compose.yml')).not.toMatch(/PASSWORD: (?!\$\{)/);
  });

  it.each(SERVICES)('has an example configuration that %s takes', (name) => {
    const result = SCHEMAS[name].safeParse(parse(read(`deploy/compose/site/${name}.yaml`)));
    expect(result.error?.issues ?? []).toEqual([]);
  });

  it('has an example policy in which a person decides', () => {
    const parsed = parsePolicy(read('deploy/compose/site/policy.yaml'));
    expect(parsed).toMatchObject({ ok: true, policy: { rules: [{ then: 'propose' }] } });
  });
});
