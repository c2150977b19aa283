import type { EntityManager } from 'typeorm';

/** How far the sources of a sensor had been read, by source. */
export async function loadPositions(manager: EntityManager, sensorId: string): Promise<Map<string, unknown>> {
  const rows: { source: string; position: string }[] = await manager.query(
    'SELECT source, position FROM sequences WHERE sensor_id = $1',
    [sensorId],
  );
  return new Map(rows.map(({ source, position }) => [source, JSON.parse(position) as unknown]));
}

export async function savePosition(
  manager: EntityManager,
  sensorId: string,
  source: string,
  position: object,
  now: Date,
): Promise<void> {
  await manager.query(
    `INSERT INTO sequences (sensor_id, source, position, updated_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (sensor_id, source) DO UPDATE SET position = excluded.position, updated_at = excluded.updated_at`,
    [sensorId, source, JSON.stringify(position), now],
  );
}
