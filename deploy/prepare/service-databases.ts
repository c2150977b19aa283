import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { migrate, roleOf, type Storage } from '#storage';
import { repositoryRoot } from '../local/repository.js';

export const SERVICES = ['discovery', 'risk-scoring', 'orchestrator', 'enforcement'] as const;
export type ServiceName = (typeof SERVICES)[number];

export interface PrepareRequest {
  /** The owner's URL: may create schemas and roles. Names the database. */
  url: string;
  /** What the four roles log in with. */
  password: string;
  log: (line: string) => void;
}

/**
 * Brings the schema and the role of each service to the state of its migrations. Returns the URL with which each
 * service opens the same database as itself. The services' code comes from dist/: build first.
 */
export async function prepareDatabases({ url, password, log }: PrepareRequest): Promise<Record<ServiceName, string>> {
  const urls = SERVICES.map(async (service) => {
    const storage = await storageOf(service);
    const ran = await migrate({ ...storage, url, password });
    if (ran.length > 0) log(`${service}: ${ran.length} migrations`);
    return [service, serviceUrl(url, roleOf(storage.schema), password)] as const;
  });
  return Object.fromEntries(await Promise.all(urls)) as Record<ServiceName, string>;
}

/** The same server and database, as another role. */
export function serviceUrl(ownerUrl: string, role: string, password: string): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = encodeURIComponent(password);
  return url.href;
}

/** What an app's data-source.ts exports: `{ schema, entities, migrations }`. */
async function storageOf(service: ServiceName): Promise<Storage> {
  const file = join(repositoryRoot(), 'dist/apps', service, 'src/data-source.js');
  const exported = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const storage = Object.values(exported).find(isStorage);
  if (storage === undefined) throw new Error(`${file} exports no { schema, entities, migrations }`);
  return storage;
}

function isStorage(value: unknown): value is Storage {
  return (
    typeof value === 'object' && value !== null && 'schema' in value && 'entities' in value && 'migrations' in value
  );
}
