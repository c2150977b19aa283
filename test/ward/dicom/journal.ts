/** What the ward's DICOM programs write down, one JSON object a line. Times are milliseconds since 1970. */

export interface SentInstance {
  sopInstanceUid: string;
  /** SHA-256 of the data set, file meta group skipped, hex. */
  sha256: string;
}

export type ModalityRecord =
  | {
      kind: 'study';
      study: number;
      startedAt: number;
      endedAt: number;
      exit: number;
      instances: SentInstance[];
      errors: string;
    }
  | { kind: 'worklist'; at: number; ms: number; exit: number; answers: number; errors: string }
  /** `status` is the DIMSE status of the N-ACTION response; null: no response, `error` says why. */
  | { kind: 'commitment-request'; at: number; study: number; transaction: string; status: number | null; error: string }
  | { kind: 'commitment-report'; at: number; transaction: string; committed: number; failed: number };

export type ArchiveRecord =
  | { kind: 'stored'; at: number; sopInstanceUid: string; sha256: string; bytes: number }
  | {
      kind: 'commitment';
      at: number;
      transaction: string;
      aeTitle: string;
      committed: number;
      failed: number;
      error: string;
    };

/** Complete lines only: the writer may be in the middle of the last one. */
export function parseLines<T>(text: string): T[] {
  const lines = text.split('\n');
  lines.pop();
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}
