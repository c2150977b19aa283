/**
 * The archive's storage commitment, run in its namespace beside storescp: reads each file that it is asked to commit,
 * writes its digest into the journal, and calls the modality back. The journal and the files are the archive's
 * witness. Images that were committed long ago make room, or a long run would fill the disk.
 *
 * Arguments: directory of stored files, journal file, bytes to keep.
 */
import { appendFileSync } from 'node:fs';
import { readFile, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HOSTS, SERVICES } from '../network.js';
import { reportCommitment, serveCommitment, type CommitmentRequest, type Reference } from './commitment.js';
import type { ArchiveRecord } from './journal.js';
import { digestOf, readPart10 } from './part10.js';

const [stored = '', journal = '', keep = '0'] = process.argv.slice(2);

function write(record: ArchiveRecord): void {
  appendFileSync(journal, `${JSON.stringify(record)}\n`);
}

async function commit(reference: Reference): Promise<boolean> {
  const names = [`MR.${reference.sopInstanceUid}`, `CT.${reference.sopInstanceUid}`];
  for (const name of names) {
    const file = await readFile(join(stored, name)).catch(() => undefined);
    const part10 = file && readPart10(file);
    if (!file || part10?.sopInstanceUid !== reference.sopInstanceUid) continue;
    const { sopInstanceUid } = reference;
    write({ kind: 'stored', at: Date.now(), sopInstanceUid, sha256: digestOf(part10.dataSet), bytes: file.length });
    committed.push({ path: join(stored, name), bytes: file.length });
    return true;
  }
  return false;
}

/** Only what the journal tells of may go. */
const committed: { path: string; bytes: number }[] = [];

async function makeRoom(): Promise<void> {
  let total = 0;
  for (const name of await readdir(stored)) total += (await stat(join(stored, name)).catch(() => undefined))?.size ?? 0;
  while (total > Number(keep)) {
    const oldest = committed.shift();
    if (!oldest) return;
    await unlink(oldest.path);
    total -= oldest.bytes;
  }
}

async function answer(aeTitle: string, request: CommitmentRequest): Promise<void> {
  const done: Reference[] = [];
  const failed: Reference[] = [];
  for (const reference of request.references) ((await commit(reference)) ? done : failed).push(reference);
  const modality = Object.values(HOSTS).find((host) => 'aeTitle' in host && host.aeTitle === aeTitle);
  const address = modality && 'address' in modality ? modality.address : undefined;
  const error = address
    ? await reportCommitment(
        { address, port: SERVICES.commitmentReport, callingAeTitle: HOSTS.archive.aeTitle, calledAeTitle: aeTitle },
        { transaction: request.transaction, committed: done, failed },
      ).then(
        (status) => (status === 0 ? '' : `status ${status}`),
        (fault: Error) => fault.message,
      )
    : 'no address for the AE title';
  const { transaction } = request;
  write({
    kind: 'commitment',
    at: Date.now(),
    transaction,
    aeTitle,
    committed: done.length,
    failed: failed.length,
    error,
  });
  await makeRoom();
}

serveCommitment(SERVICES.commitment.port, {
  requested: (aeTitle, request) => void answer(aeTitle, request),
});
