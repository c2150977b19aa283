/** Why a call failed. Callers ask the code, never the text. */
export const OVSDB_ERROR = {
  invalidRemote: 'invalid-remote',
  unreachable: 'unreachable',
  noAnswer: 'no-answer',
  badAnswer: 'bad-answer',
  refused: 'refused',
} as const;
export type OvsdbErrorCode = (typeof OVSDB_ERROR)[keyof typeof OVSDB_ERROR];

/** `ambiguous`: it may have been carried out, so read back before trying again. */
export type OvsdbRetry = 'transient' | 'ambiguous' | 'permanent';

const retryOf: Record<OvsdbErrorCode, OvsdbRetry> = {
  'invalid-remote': 'permanent',
  unreachable: 'transient',
  'no-answer': 'ambiguous',
  'bad-answer': 'ambiguous',
  refused: 'permanent',
};

/** What the server answered in place of a result (RFC 7047 section 3.1, <error>), and to which operation. */
export interface ServerRefusal {
  /** The server's own word: `timed out` means that a `wait` did not hold. */
  serverError: string;
  /** The operation's index in the transaction; as many as there are operations if the commit itself failed. */
  operation: number | null;
}

export class OvsdbError extends Error {
  readonly retry: OvsdbRetry;
  readonly serverError: string | null;
  readonly operation: number | null;

  constructor(
    readonly code: OvsdbErrorCode,
    message: string,
    options?: { cause?: unknown; refusal?: ServerRefusal },
  ) {
    super(message, options);
    this.name = 'OvsdbError';
    this.serverError = options?.refusal?.serverError ?? null;
    this.operation = options?.refusal?.operation ?? null;
    this.retry = retryAfter(code, this.serverError);
  }
}

/** RFC 7047 section 5.2: after an I/O error nobody knows what was committed; exhausted resources may come back. */
function retryAfter(code: OvsdbErrorCode, serverError: string | null): OvsdbRetry {
  if (serverError === 'I/O error') return 'ambiguous';
  if (serverError === 'resources exhausted' || serverError === 'not leader') return 'transient';
  return retryOf[code];
}
