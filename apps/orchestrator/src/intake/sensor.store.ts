import type { EntityManager } from 'typeorm';
import type { SensorReported } from '#events';

export async function keepSensor(
  manager: EntityManager,
  sensor: SensorReported['data'],
  receivedAt: Date,
): Promise<void> {
  await manager.query(
    `INSERT INTO sensors (sensor_id, body, received_at) VALUES ($1, $2, $3)
     ON CONFLICT (sensor_id) DO UPDATE SET body = EXCLUDED.body, received_at = EXCLUDED.received_at`,
    [sensor.sensorId, JSON.stringify(sensor), receivedAt],
  );
}

export async function readSensors(manager: EntityManager): Promise<SensorReported['data'][]> {
  const rows: { body: string }[] = await manager.query('SELECT body FROM sensors ORDER BY sensor_id');
  return rows.map(({ body }) => JSON.parse(body) as SensorReported['data']);
}
