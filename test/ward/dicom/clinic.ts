import { existsSync } from 'node:fs';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Enclosure } from '../enclosure/enclosure.js';
import type { Layout } from '../layout.js';
import { HOSTS, SERVICES } from '../network.js';
import { programCommand } from '../programs.js';
import { parseLines, type ArchiveRecord, type ModalityRecord } from './journal.js';
import type { ModalityOptions, ModalityPlan } from './modality.js';
import { digestOf, readPart10 } from './part10.js';
import { FULL_STUDY } from './study.js';
import { compare, type ClinicalWitness } from './witness.js';

export type ModalityName = 'mri' | 'mri2' | 'ct';

export interface Modality {
  /** What it has done up to now. */
  records(): Promise<ModalityRecord[]>;
  /** Waits until a record matches. */
  until(matches: (record: ModalityRecord) => boolean, timeoutMs: number): Promise<ModalityRecord>;
  /** Lets the study in flight end, at most this long, and ends. */
  stop(timeoutMs?: number): Promise<ModalityRecord[]>;
}

const STUDY_LIMIT_MS = 60_000;

/** The modalities at work, and the archive as their witness. */
export class Clinic {
  private running = 0;

  constructor(
    private readonly enclosure: Enclosure,
    private readonly layout: Layout,
  ) {}

  /** Begins to send studies without a pause, 200 MiB each unless told otherwise. */
  async startModality(name: ModalityName, options: ModalityOptions = {}): Promise<Modality> {
    const run = (this.running += 1);
    const journal = join(this.layout.modality, `${name}-${run}.jsonl`);
    const scratch = join(this.layout.modality, `${name}-${run}`);
    const plan: ModalityPlan = {
      aeTitle: HOSTS[name].aeTitle,
      modality: name === 'ct' ? 'CT' : 'MR',
      seed: `${options.seed ?? 'ward'}/${run}`,
      shape: options.shape ?? FULL_STUDY,
      commitment: options.commitment ?? true,
      worklistEveryMs: options.worklistEveryMs ?? 5000,
      pauseMs: options.pauseMs ?? 0,
      scratch,
      journal,
    };
    const program = programCommand('dicom/modality.command.js', JSON.stringify(plan));
    const child = this.enclosure.start(name, program, 'pipe');
    let complaint = '';
    child.stderr?.on('data', (data: Buffer) => (complaint = (complaint + data.toString()).slice(-2000)));
    child.stdin?.on('error', () => undefined);
    const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
    const records = (): Promise<ModalityRecord[]> => readJournal<ModalityRecord>(journal);
    return {
      records,
      until: async (matches, timeoutMs) => {
        for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(50)) {
          const found = (await records()).find(matches);
          if (found) return found;
          if (child.exitCode !== null) break;
        }
        throw new Error(`${name} wrote no such record in ${timeoutMs} ms; ${complaint.trim() || 'no complaint'}`);
      },
      stop: async (timeoutMs = STUDY_LIMIT_MS) => {
        child.stdin?.end();
        const killer = setTimeout(() => this.enclosure.end(child, 'SIGKILL'), timeoutMs);
        const code = await ended;
        clearTimeout(killer);
        await rm(scratch, { recursive: true, force: true });
        if (code !== 0) throw new Error(`${name}'s program ended with ${code}: ${complaint.trim()}`);
        return records();
      },
    };
  }

  archiveRecords(): Promise<ArchiveRecord[]> {
    return readJournal<ArchiveRecord>(this.layout.archive.journal);
  }

  /**
   * Digests of the files that the archive holds now, by SOP instance UID. Files that are still being written have none.
   *
   * @param known SOP instance UIDs that need not be read again
   */
  async storedDigests(known: ReadonlySet<string> = new Set()): Promise<Map<string, string>> {
    const digests = new Map<string, string>();
    for (const name of await readdir(this.layout.archive.stored)) {
      if (known.has(name.replace(/^[A-Z]+\./, ''))) continue;
      const file = await readFile(join(this.layout.archive.stored, name)).catch(() => undefined);
      const part10 = file && readPart10(file);
      if (part10) digests.set(part10.sopInstanceUid, digestOf(part10.dataSet));
    }
    return digests;
  }

  /** Sent against stored, for the given records of a modality. */
  async witness(sent: ModalityRecord[]): Promise<ClinicalWitness> {
    const archive = await this.archiveRecords();
    const known = new Set(archive.flatMap((record) => (record.kind === 'stored' ? [record.sopInstanceUid] : [])));
    return compare(sent, archive, await this.storedDigests(known));
  }

  /** C-ECHO from a host: exit status of `echoscu`. */
  async echo(from: ModalityName, to: 'archive' | 'worklist'): Promise<number> {
    const port = to === 'archive' ? SERVICES.store.port : SERVICES.worklist.port;
    const titles = ['-aet', HOSTS[from].aeTitle, '-aec', HOSTS[to].aeTitle];
    const limits = ['-to', '3', '-ta', '3', '-td', '3'];
    return (await this.enclosure.run(from, ['echoscu', ...limits, ...titles, HOSTS[to].address, String(port)])).code;
  }
}

async function readJournal<T>(path: string): Promise<T[]> {
  return existsSync(path) ? parseLines<T>(await readFile(path, 'utf8')) : [];
}
