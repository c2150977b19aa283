import { pathToFileURL } from 'node:url';
import { DataSource } from 'typeorm';
import { fromEnvironment } from '#config';
import { createDataSource } from './data-source.store.js';
import { findDrift } from './drift.store.js';
import type { Storage } from './options.js';

/**
 * `node dist/libs/storage/src/check-drift.command.js dist/apps/X/src/data-source.js …`: exits 1 and prints the
 * statements if an app's entities and migrated tables differ. DATABASE_URL names a migrated database. Each file
 * exports a DataSource or a `{ schema, entities, migrations }`.
 */
async function main(files: string[]): Promise<number> {
  const url = fromEnvironment('DATABASE_URL');
  if (!url || files.length === 0) {
    process.stderr.write('usage: DATABASE_URL=… node check-drift.command.js DATA_SOURCE.js …\n');
    return 2;
  }
  let drifted = 0;
  for (const file of files) {
    const statements = await driftOf((await import(pathToFileURL(file).href)) as Record<string, unknown>, url);
    if (statements.length > 0) drifted += 1;
    process.stdout.write(`${file}: ${statements.length === 0 ? 'no drift' : `drift\n  ${statements.join('\n  ')}`}\n`);
  }
  return drifted === 0 ? 0 : 1;
}

async function driftOf(exported: Record<string, unknown>, url: string): Promise<string[]> {
  const found = Object.values(exported).find(
    (value): value is DataSource | Storage => value instanceof DataSource || isStorage(value),
  );
  if (found === undefined)
    throw new Error('the file exports neither a DataSource nor { schema, entities, migrations }');
  const dataSource = isStorage(found) ? createDataSource({ ...found, url }) : found;
  if (!dataSource.isInitialized) await dataSource.initialize();
  try {
    return await findDrift(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

function isStorage(value: unknown): value is Storage {
  return (
    typeof value === 'object' && value !== null && 'schema' in value && 'entities' in value && 'migrations' in value
  );
}

process.exitCode = await main(process.argv.slice(2));
