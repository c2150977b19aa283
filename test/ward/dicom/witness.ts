/**
 * Compares what a modality says it sent with what the archive says it holds. Each side's account is its own: the digests
 * of what was sent were taken before it left, those of what was stored from the archive's files.
 */
import type { ArchiveRecord, ModalityRecord, SentInstance } from './journal.js';

export interface ClinicalWitness {
  studies: number;
  sentInstances: number;
  /** Sent with exit status 0 and stored with the same digest. */
  equal: number;
  /** SOP instance UIDs that were sent and are not stored. */
  missing: string[];
  /** SOP instance UIDs that are stored with another digest. */
  different: string[];
  /** Exit statuses other than 0. */
  failedStudies: { study: number; exit: number; errors: string }[];
  worklistQueries: number;
  worklistAnswers: number;
  failedQueries: { at: number; exit: number; errors: string }[];
  commitmentsRequested: number;
  /** Transactions with a report by which everything is committed. */
  commitmentsReported: number;
  failedCommitments: { transaction: string; reason: string }[];
}

/** @param stored digests of the files that the archive holds now, by SOP instance UID */
export function compare(
  sent: ModalityRecord[],
  archive: ArchiveRecord[],
  stored: ReadonlyMap<string, string>,
): ClinicalWitness {
  const studies = sent.filter((record) => record.kind === 'study');
  const queries = sent.filter((record) => record.kind === 'worklist');
  const requests = sent.filter((record) => record.kind === 'commitment-request');
  const reports = new Map(
    sent.flatMap((record) => (record.kind === 'commitment-report' ? [[record.transaction, record]] : [])),
  );
  const held = new Map([
    ...archive.flatMap((one) => (one.kind === 'stored' ? [[one.sopInstanceUid, one.sha256] as const] : [])),
    ...stored,
  ]);
  const instances = studies.filter(({ exit }) => exit === 0).flatMap((study) => study.instances);
  const failedCommitments = requests.flatMap(({ transaction, status, error }) => {
    const report = reports.get(transaction);
    if (status !== 0) return [{ transaction, reason: error || `status ${status}` }];
    if (!report) return [{ transaction, reason: 'no report' }];
    return report.failed ? [{ transaction, reason: `${report.failed} instances failed` }] : [];
  });
  return {
    studies: studies.length,
    sentInstances: instances.length,
    ...compareDigests(instances, held),
    failedStudies: studies.filter(({ exit }) => exit !== 0).map(({ study, exit, errors }) => ({ study, exit, errors })),
    worklistQueries: queries.length,
    worklistAnswers: queries.reduce((sum, { answers }) => sum + answers, 0),
    failedQueries: queries.filter(({ exit }) => exit !== 0).map(({ at, exit, errors }) => ({ at, exit, errors })),
    commitmentsRequested: requests.length,
    commitmentsReported: requests.length - failedCommitments.length,
    failedCommitments,
  };
}

function compareDigests(
  instances: SentInstance[],
  held: ReadonlyMap<string, string>,
): Pick<ClinicalWitness, 'equal' | 'missing' | 'different'> {
  const missing = instances.filter(({ sopInstanceUid }) => !held.has(sopInstanceUid));
  const different = instances.filter(
    ({ sopInstanceUid, sha256 }) => held.has(sopInstanceUid) && held.get(sopInstanceUid) !== sha256,
  );
  return {
    equal: instances.length - missing.length - different.length,
    missing: missing.map(({ sopInstanceUid }) => sopInstanceUid),
    different: different.map(({ sopInstanceUid }) => sopInstanceUid),
  };
}
