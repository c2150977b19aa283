/** What the process ends with, for scripts: the same for every command. */
export const EXIT = {
  ok: 0,
  /** The server, or a check, said no: the message says why. */
  refused: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Lazaret, its database or a file can't be reached. */
  unreachable: 3,
  /** No token, an expired one, or a role that may not do this. */
  notAllowed: 4,
  /** A defect: nothing else fits. Never 1, which scripts take for an answer. */
  failed: 5,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with a message for people. */
export class CommandError extends Error {
  constructor(
    readonly exitCode: ExitCode,
    message: string,
  ) {
    super(message);
    this.name = 'CommandError';
  }
}
