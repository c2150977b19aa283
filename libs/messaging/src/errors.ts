/** Why messaging refused or stopped. Callers ask the code, never the text. */
export const MESSAGING_ERROR = {
  /** The producer's queue is full: the broker is slow or gone. Nothing of the call was taken. */
  queueFull: 'queue-full',
  /** The producer is closed or closing. */
  closed: 'closed',
  /** The caller took its records back before they were sent. */
  withdrawn: 'withdrawn',
  /** An event is larger than a record may be. */
  tooLarge: 'event-too-large',
  /** The broker will never take this record. */
  recordRefused: 'record-refused',
  /** No connection to the broker within the time allowed. */
  brokerUnreachable: 'broker-unreachable',
  /** A topic that is read does not exist. */
  topicMissing: 'topic-missing',
  /** A handler names a topic that no schema is known for. */
  topicUnknown: 'topic-unknown',
  /** The partition's progress belongs to a newer owner. */
  fenced: 'fenced',
  /** The stored next offset is not in the log: topic made anew, or retention passed it. Needs a person. */
  offsetOutsideLog: 'offset-outside-log',
  /** kafkajs gave the consumer up. */
  consumerStopped: 'consumer-stopped',
  /** The consumer shows no life. */
  consumerStalled: 'consumer-stalled',
  /** A handler does not come back. */
  handlerStalled: 'handler-stalled',
} as const;
export type MessagingErrorCode = (typeof MESSAGING_ERROR)[keyof typeof MESSAGING_ERROR];

const TRANSIENT: readonly MessagingErrorCode[] = ['queue-full', 'closed', 'withdrawn', 'broker-unreachable', 'fenced'];

export class MessagingError extends Error {
  readonly retry: 'transient' | 'permanent';

  constructor(
    readonly code: MessagingErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'MessagingError';
    this.retry = TRANSIENT.includes(code) ? 'transient' : 'permanent';
  }
}

export function hasCode(error: unknown, code: MessagingErrorCode): boolean {
  return error instanceof MessagingError && error.code === code;
}
