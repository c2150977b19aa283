import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, loadConfig } from './load.js';

const schema = z.strictObject({ port: z.int(), realm: z.string().default('default') });
const env = { DATABASE_URL: 'postgresql://lazaret:hush@127.0.0.1:5432/lazaret', KAFKA_BROKERS: '127.0.0.1:9092' };

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'lazaret-config-')), 'service.yaml');
  writeFileSync(path, text);
  return path;
}

function problemsOf(environment: NodeJS.ProcessEnv): string {
  try {
    loadConfig(schema, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the configuration was taken');
}

describe('loadConfig', () => {
  it('joins the file and the environment', () => {
    const config = loadConfig(schema, { ...env, LAZARET_CONFIG: file('port: 80\n') });
    expect(config).toEqual({
      port: 80,
      realm: 'default',
      databaseUrl: env.DATABASE_URL,
      kafkaBrokers: ['127.0.0.1:9092'],
    });
  });

  it('names every problem at once, unknown keys too, and never a value', () => {
    const message = problemsOf({ ...env, KAFKA_BROKERS: 'nowhere', LAZARET_CONFIG: file('port: hush\nprot: 1\n') });
    expect(message).toContain('port');
    expect(message).toContain('prot');
    expect(message).toContain('KAFKA_BROKERS');
    expect(message).not.toContain('hush');
    expect(message).not.toContain('nowhere');
  });

  it('says which file is missing', () => {
    expect(problemsOf({ ...env, LAZARET_CONFIG: '/does/not/exist.yaml' })).toContain('/does/not/exist.yaml');
    expect(problemsOf(env)).toContain('LAZARET_CONFIG');
  });
});
