/** What a switch tells of its last start. */
export interface BootSample {
  /** snmpEngineBoots; null: not told. */
  boots: number | null;
  /** sysUpTime in hundredths of a second, which begins again at 2^32. */
  ticks: number;
  at: Date;
}

export interface Boot {
  id: string;
  /** When it started, as this sample tells it, in ms since 1970; the wrap of sysUpTime is taken out. */
  startedAt: number;
  boots: number | null;
  ticks: number;
}

const WRAP_MS = 2 ** 32 * 10;
const HOUR_MS = 3_600_000;
/** How far a switch's clock may run away from ours while it runs: one second in ten thousand, and a slow answer. */
const DRIFT = 1e-4;
const SLACK_MS = 30_000;
/** How late an answer may come, so that up-time seems to go back although it does not. */
const LATE_MS = 3000;

/**
 * The id of the run that a sample belongs to. With snmpEngineBoots it is the same for every process of ours; without, it
 * is the hour of the start, which a new process can find to be the next hour, and is then taken for a restart. A boot
 * counter that stays although the up-time has begun again, as some agents do it, is a restart all the same.
 */
export function nextBoot(previous: Boot | null, { boots, ticks, at }: BootSample): Boot {
  const startedAt = at.getTime() - ticks * 10;
  const fresh = { startedAt, boots, ticks };
  if (!previous) return { ...fresh, id: firstId(boots, startedAt) };
  if (boots !== null && previous.boots !== null && boots !== previous.boots)
    return { ...fresh, id: firstId(boots, startedAt) };
  const turns = Math.round((startedAt - previous.startedAt) / WRAP_MS);
  const since = at.getTime() - previous.startedAt;
  const allowed = SLACK_MS + Math.abs(since) * DRIFT;
  // After a wrap it seems to have started 497 days later. A start at just that moment would be a miracle.
  const apart = Math.abs(startedAt - turns * WRAP_MS - previous.startedAt);
  const wentBack = turns === 0 && ticks < previous.ticks && startedAt - previous.startedAt > LATE_MS;
  const isSameRun = !wentBack && turns >= 0 && turns * WRAP_MS <= since && apart <= allowed;
  if (isSameRun)
    return { id: previous.id, startedAt: startedAt - turns * WRAP_MS, boots: boots ?? previous.boots, ticks };
  return { ...fresh, id: `${firstId(boots, startedAt)}-at-${Math.round(startedAt / 1000)}` };
}

function firstId(boots: number | null, startedAt: number): string {
  return boots === null
    ? `since-${new Date(Math.round(startedAt / HOUR_MS) * HOUR_MS).toISOString()}`
    : `boot-${boots}`;
}
