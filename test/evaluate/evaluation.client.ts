import { existsSync } from 'node:fs';
import { readDataSets } from './data-sets.client.js';
import { goals } from './goals.js';
import { judge } from './judged.js';
import { allHold, report } from './table.js';

export interface Evaluation {
  text: string;
  /** Exit status: 0 all goals hold, 1 not all, 2 nothing to read. */
  status: 0 | 1 | 2;
}

/** Reads, runs and judges every data set below the folders. */
export function evaluate(folders: readonly string[]): Evaluation {
  const absent = folders.filter((folder) => !existsSync(folder));
  const notes = absent.map((folder) => `No data sets at ${folder}: nothing of it is evaluated.`);
  const given = folders.filter((folder) => !absent.includes(folder)).map(readDataSets);
  if (given.length === 0) {
    const verdict = 'NOT PASSED: no data sets; name a folder that holds some, or set LAZARET_DATA';
    return { text: [...notes, verdict].join('\n'), status: 2 };
  }
  for (const [kind, count] of given.flatMap(({ unread }) => [...unread]))
    notes.push(`Not read yet: ${count} files of ${kind}.`);
  const judged = judge({
    recordings: given.flatMap(({ recordings }) => recordings),
    nameLists: given.flatMap(({ nameLists }) => nameLists),
    knownPorts: given.flatMap(({ knownPorts }) => knownPorts),
  });
  const reached = goals(judged);
  return { text: [...notes, report(judged, reached)].join('\n'), status: allHold(reached) ? 0 : 1 };
}
