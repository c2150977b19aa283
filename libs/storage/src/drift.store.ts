import type { DataSource } from 'typeorm';

/**
 * The statements that would make the database equal to the entities: none when the migrations and the entities agree.
 * Call it on an initialised data source whose migrations have run. It changes nothing.
 */
export async function findDrift(dataSource: DataSource): Promise<string[]> {
  const difference = await dataSource.driver.createSchemaBuilder().log();
  return difference.upQueries.map(({ query }) => query);
}
