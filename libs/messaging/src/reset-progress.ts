import type { Logger } from '#observability';
import type { DataSource } from 'typeorm';
import { writeReset } from './progress.store.js';

/**
 * Lets a consumer that stopped with `offset-outside-log` go on: at the start of the log, or at `to`. What lies between
 * the stored offset and there is not handled, so a person says so, with a reason; both are kept in `progress_resets`.
 * Running consumers of the partition are fenced and read the new position by themselves.
 */
export async function resetProgress(
  dataSource: DataSource,
  service: string,
  topic: string,
  partition: number,
  reason: string,
  actor: string,
  { to = null, logger }: { to?: bigint | null; logger?: Logger } = {},
): Promise<void> {
  if (reason.trim() === '' || actor.trim() === '') throw new Error('a reset needs a reason and an actor');
  const { from } = await writeReset(dataSource, { consumer: service, topic, partition, to, reason, actor });
  const places = { consumer: service, topic, partition, from: from?.toString() ?? null, to: to?.toString() ?? 'start' };
  logger?.warn({ ...places, reason, actor }, 'progress was reset by hand');
}
