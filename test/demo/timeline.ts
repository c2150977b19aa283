/** One step on the way from the first worm packet to the proof. Times are milliseconds since 1970. */
export interface Step {
  name: string;
  at: number;
}

/** What the steps are read from: a capture at the device's port, and events as a second client read them. */
export interface TimelineSources {
  firstWormPacket: number;
  firstEvidence: number;
  propose: number;
  isolate: number;
  decision: number;
  permitsIn: number;
  portMoved: number;
  acknowledged: number;
  proven: number;
}

const NAMES: Record<keyof TimelineSources, string> = {
  firstWormPacket: 'first worm packet',
  firstEvidence: 'first evidence',
  propose: 'propose',
  isolate: 'isolate',
  decision: 'decision',
  permitsIn: 'permits in',
  portMoved: 'port moved',
  acknowledged: 'acknowledged',
  proven: 'proven',
};

export function timelineOf(sources: TimelineSources): Step[] {
  return (Object.keys(NAMES) as (keyof TimelineSources)[]).map((key) => ({ name: NAMES[key], at: sources[key] }));
}

/** From the first worm packet to proven, in whole milliseconds. */
export function containmentMs(sources: Pick<TimelineSources, 'firstWormPacket' | 'proven'>): number {
  return Math.round(sources.proven - sources.firstWormPacket);
}

/** A line a step, each with the milliseconds since the first and since the one before. */
export function timelineText(steps: Step[]): string {
  const start = steps[0]?.at ?? 0;
  return steps
    .map(({ name, at }, i) => {
      const since = at - start;
      const step = at - (steps[i - 1]?.at ?? at);
      return `  ${name.padEnd(20)}${since.toFixed(0).padStart(7)} ms${step === 0 && i === 0 ? '' : `  (+${step.toFixed(0)})`}`;
    })
    .join('\n');
}
