import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { playContainment } from '../demo/containment.js';
import { containmentMs, timelineOf, type Step } from '../demo/timeline.js';
import { openStage } from '../stage/stage.js';
import { summaryOf } from './summary.js';

/**
 * `npm run bench:contain`: from the first worm packet to proven, each run with a fresh database, fresh topics and a
 * fresh ward. `--json` prints `{"runs","min","median","max"}` in ms as the last line.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    profile: { type: 'string', default: 'conficker' },
    json: { type: 'boolean', default: false },
  },
});

/** The worm goes on for this long after the move, so that a run in which it was idle fails. */
const AFTER_MOVE_MS = 5000;
/** 80 MiB take about 14 s at the MRI's 50 Mbit/s: the study is on the wire before, during and after the move. */
const STUDY = { instances: 10, instanceKib: 8192 };

async function once(profile: 'conficker' | 'slow'): Promise<Step[]> {
  const stage = await openStage({ name: 'bench', log: () => undefined });
  try {
    const timeoutMs = profile === 'slow' ? 180_000 : 60_000;
    const result = await playContainment(stage, {
      profile,
      study: STUDY,
      afterMoveMs: AFTER_MOVE_MS,
      timeoutMs,
      tell: () => undefined,
    });
    const failed = result.verdicts.filter(({ ok }) => !ok);
    if (failed.length > 0) throw new Error(failed.map(({ witness, said }) => `${witness}: ${said}`).join('\n'));
    return timelineOf(result.timeline);
  } finally {
    await stage.close();
  }
}

async function main(): Promise<void> {
  const { profile } = values;
  if (profile !== 'conficker' && profile !== 'slow') throw new Error('--profile is conficker or slow');
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, profile ${profile}`,
  );
  const taken: number[] = [];
  for (let run = 1; run <= Number(values.runs); run += 1) {
    const steps = await once(profile);
    const [start] = steps;
    taken.push(containmentMs({ firstWormPacket: start?.at ?? 0, proven: steps.at(-1)?.at ?? 0 }));
    const since = steps.slice(1).map(({ name, at }) => `${name} ${(at - (start?.at ?? 0)).toFixed(0)}`);
    console.log(`run ${run}: ${taken.at(-1)} ms (${since.join(', ')})`);
  }
  const summary = summaryOf(taken);
  console.log(
    values.json ? JSON.stringify(summary) : `median ${summary.median} ms, ${summary.min} to ${summary.max} ms`,
  );
}

await main();
