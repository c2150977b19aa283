import { Client, type ClientConfig } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions, type DataSourceRequest } from './options.js';

/**
 * A TypeORM DataSource for one service: search_path is its schema, every time-out is set, nothing is synchronised.
 * Not yet initialised. A lost database never ends the process: idle connections that break are dropped, queries then
 * fail with an error for which `isTransient` holds, and the pool connects anew when the database is back.
 */
export function createDataSource(request: DataSourceRequest): DataSource {
  return new DataSource(dataSourceOptions(request));
}

/**
 * A connection of its own with the data source's settings, for what a pool can't give: LISTEN and session locks.
 * Not yet connected. `error` events are caught here, as without a listener they would end the process.
 */
export function dedicatedConnection(dataSource: DataSource, onLost: (error: Error) => void): Client {
  const { options } = dataSource;
  if (options.type !== 'postgres' || !options.url) throw new Error('the data source was not made by createDataSource');
  const settings = options.extra as ClientConfig;
  const client = new Client({
    ...settings,
    connectionString: options.url,
    application_name: `${options.applicationName ?? 'lazaret'}/own`,
  });
  client.on('error', onLost);
  client.on('end', () => onLost(new Error('Connection terminated')));
  return client;
}
