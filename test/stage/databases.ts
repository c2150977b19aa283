import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Platform } from '../../deploy/local/platform.js';
import { repositoryRoot } from '../../deploy/local/repository.js';
import { SERVICES, serviceUrl, type ServiceName } from '../../deploy/prepare/service-databases.js';

const run = promisify(execFile);

/** Each service's schema, role and tables, and all topics. Returns each service's own database URL. */
export async function prepareDatabase({ databaseUrl, kafkaBrokers }: Platform): Promise<Record<ServiceName, string>> {
  const password = randomBytes(16).toString('hex');
  const dist = join(repositoryRoot(), 'dist');
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    LAZARET_DATABASE_PASSWORD: password,
    KAFKA_BROKERS: kafkaBrokers,
  };
  await Promise.all(
    ['deploy/prepare/main.js', 'libs/messaging/src/create-topics.js'].map((script) =>
      run(process.execPath, [join(dist, script)], { env }),
    ),
  );
  const urls = SERVICES.map((name) => [name, serviceUrl(databaseUrl, `lazaret_${name.replace('-', '_')}`, password)]);
  return Object.fromEntries(urls) as Record<ServiceName, string>;
}
