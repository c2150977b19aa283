import type { Counters } from '#observability';
import { inTransaction } from '#storage';
import type { DataSource } from 'typeorm';
import { WAIT_MS } from '../../observations/look-ups.js';
import type { RunningSensor } from '../running-sensor.js';
import type { SensorHealth } from '../sensor-health.js';
import { loadPositions, savePosition } from '../sequences.store.js';
import type { FollowedPosition } from './file-position.js';
import { endOf } from './file-parts.client.js';
import type { LineReader, Told } from './line-fact.js';
import { LineLogSensor } from './line-log.sensor.js';
import type { ListenOptions } from './line-listener.client.js';

export interface LineLogRequest {
  files: readonly string[];
  listen: ListenOptions | null;
  newReader: (file: string | null) => LineReader;
  health: SensorHealth;
  counters: Counters;
  dataSource: DataSource;
  /** False: what was told is not safe yet, and nothing more is read. */
  mayRead: () => boolean;
  heard: (told: Told) => void;
}

/** Longer than a look-up waits before it is told as it is. */
const SETTLED_MS = WAIT_MS + 500;

/** A sensor that writes lines, with its places in the files kept in the database, the first one from the very start. */
export async function runningLineLog({ files, dataSource, ...request }: LineLogRequest): Promise<RunningSensor> {
  const { health } = request;
  const { id } = health.identity;
  const stored = await loadPositions(dataSource.manager, id);
  const sources = files.map((file) => {
    const known = stored.get(file) as FollowedPosition | undefined;
    return { file, position: known ?? endOf(file) };
  });
  const isNew = sources.filter(({ file }) => !stored.has(file));
  await inTransaction(dataSource, async (manager) => {
    for (const { file, position } of isNew) await savePosition(manager, id, file, position, new Date());
  });
  const sensor = new LineLogSensor({ ...request, sources, settledMs: SETTLED_MS });
  return {
    health,
    start: () => sensor.start(),
    stop: () => sensor.stop(),
    save: async (manager, now) => {
      for (const { file, position } of sensor.settledPositions(now.getTime()))
        await savePosition(manager, id, file, position, now);
    },
  };
}
