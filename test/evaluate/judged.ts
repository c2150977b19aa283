import type { Destination } from './beacons.js';
import { destinationsOf } from './beacons.js';
import { namesAsTraffic, portsAsTraffic, rightPorts } from './conficker.js';
import type { DataSets, Recording } from './data-set.js';
import { observationsOf } from './observations.js';
import { run, type Run } from './run.js';
import { truthOf, type Truth } from './truth.js';

/** A recording after its run, with what its makers say of it. */
export interface JudgedRecording {
  recording: Recording;
  run: Run;
  truth: Truth;
  destinations: Destination[];
}

export interface JudgedNames {
  file: string;
  run: Run;
}

export interface JudgedPorts {
  recorded: number;
  right: number;
  run: Run;
}

export interface Judged {
  recordings: JudgedRecording[];
  names: JudgedNames[];
  ports: JudgedPorts | null;
}

/** Runs everything. The labels of a recording are looked at only after its run. */
export function judge({ recordings, nameLists, knownPorts }: Omit<DataSets, 'unread'>): Judged {
  return {
    recordings: recordings.map((recording) => {
      const { name, traffic, labelled } = recording;
      const done = run(observationsOf(traffic));
      const destinations = destinationsOf(traffic);
      return { recording, run: done, destinations, truth: truthOf(name, labelled, traffic.inside) };
    }),
    names: nameLists.map((list) => ({ file: list.file, run: run(namesAsTraffic(list)) })),
    ports: knownPorts.length === 0 ? null : judgePorts(knownPorts),
  };
}

function judgePorts(known: DataSets['knownPorts']): JudgedPorts {
  const week = known[0]?.week ?? 0;
  // The middle of the recorded week: 1970-01-05 was the first Monday.
  const at = (week * 7 + 4 + 3) * 86_400_000;
  return { recorded: known.length, right: rightPorts(known), run: run(portsAsTraffic(at)) };
}
