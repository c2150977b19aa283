/** Whether a failed call may be made again: `ambiguous` means that it may have been carried out, so read back first. */
export const RETRY = { transient: 'transient', ambiguous: 'ambiguous', permanent: 'permanent' } as const;
export type Retry = (typeof RETRY)[keyof typeof RETRY];

/** Why a driver's call failed. Callers ask the code, never the text. */
export const DRIVER_ERROR = {
  unreachable: 'unreachable',
  noAnswer: 'no-answer',
  refused: 'refused',
  staleFence: 'stale-fence',
  changedByOthers: 'changed-by-others',
  tooManyEntries: 'too-many-entries',
  unknownPort: 'unknown-port',
  badAnswer: 'bad-answer',
  noSession: 'no-session',
  misconfigured: 'misconfigured',
} as const;
export type DriverErrorCode = (typeof DRIVER_ERROR)[keyof typeof DRIVER_ERROR];

const retryOf: Record<DriverErrorCode, Retry> = {
  unreachable: RETRY.transient,
  'no-answer': RETRY.ambiguous,
  refused: RETRY.permanent,
  'stale-fence': RETRY.permanent,
  'changed-by-others': RETRY.permanent,
  'too-many-entries': RETRY.permanent,
  'unknown-port': RETRY.permanent,
  'bad-answer': RETRY.ambiguous,
  // The policy is set and nobody is connected: true until the device connects again.
  'no-session': RETRY.permanent,
  // A secret that can't be read or that the point refuses: for a person to mend, and then worth another try.
  misconfigured: RETRY.transient,
};

/** A fault of an enforcement point or of the way to it. The message holds no secret. */
export class DriverError extends Error {
  readonly retry: Retry;

  constructor(
    readonly code: DriverErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'DriverError';
    this.retry = retryOf[code];
  }
}
