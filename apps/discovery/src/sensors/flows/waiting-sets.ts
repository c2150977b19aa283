import type { ExportMessage, UnknownSet } from './message.js';

/** A data set that came before its template, with what is needed to read it later. */
export interface WaitingSet {
  version: ExportMessage['version'];
  clock: ExportMessage['clock'];
  sequence: number;
  domain: number;
  templateId: number;
  /** A copy: the datagram's octets belong to its socket. */
  octets: Uint8Array;
  /** Where they began in the datagram. */
  offset: number;
  exporterPort: number;
  receivedAt: number;
}

/** Most sets and octets that wait for one exporter, and how long: an exporter repeats its templates within minutes. */
export const MAX_SETS = 64;
export const MAX_OCTETS = 128 * 1024;
export const MAX_WAIT_MS = 10 * 60_000;

/**
 * Keeps data that can't be read yet. What is oldest is given up first; how many sets that were is returned, to be
 * counted. Exporters are those declared, so their number is bounded by the configuration.
 */
export class WaitingSets {
  private readonly byExporter = new Map<string, Waiting>();

  get size(): number {
    return [...this.byExporter.values()].reduce((sum, { sets }) => sum + sets.length, 0);
  }

  waitsFor(exporter: string): boolean {
    return (this.byExporter.get(exporter)?.sets.length ?? 0) > 0;
  }

  add(exporter: string, datagram: Uint8Array, set: UnknownSet, of: Omit<WaitingSet, 'octets' | 'offset'>): number {
    const waiting = this.byExporter.get(exporter) ?? { sets: [], octets: 0 };
    this.byExporter.set(exporter, waiting);
    const octets = Uint8Array.from(datagram.subarray(set.from, set.end));
    waiting.sets.push({ ...of, octets, offset: set.from });
    waiting.octets += octets.length;
    return giveUp(waiting, () => waiting.sets.length > MAX_SETS || waiting.octets > MAX_OCTETS);
  }

  /** Gives up what has waited too long. */
  expire(exporter: string, now: number): number {
    const waiting = this.byExporter.get(exporter);
    return waiting ? giveUp(waiting, ({ receivedAt }) => now - receivedAt > MAX_WAIT_MS) : 0;
  }

  /** Takes the sets that can be read now, in the order in which they came. */
  take(exporter: string, isReadable: (set: WaitingSet) => boolean): WaitingSet[] {
    const waiting = this.byExporter.get(exporter);
    if (!waiting) return [];
    const taken = waiting.sets.filter(isReadable);
    if (taken.length === 0) return [];
    waiting.sets = waiting.sets.filter((set) => !taken.includes(set));
    waiting.octets -= taken.reduce((sum, { octets }) => sum + octets.length, 0);
    return taken;
  }
}

interface Waiting {
  sets: WaitingSet[];
  octets: number;
}

function giveUp(waiting: Waiting, mustGo: (oldest: WaitingSet) => boolean): number {
  let given = 0;
  for (let oldest = waiting.sets[0]; oldest && mustGo(oldest); oldest = waiting.sets[0]) {
    waiting.sets.shift();
    waiting.octets -= oldest.octets.length;
    given += 1;
  }
  return given;
}
