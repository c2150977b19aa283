import { MessagingError } from './errors.js';

/** What shows that a consumer lives. Times are of a monotonic clock, in ms. */
export interface Signs {
  /** The latest fetch, heartbeat, rebalance or line of log. */
  lastSign: number;
  /** When each step that is running now was begun. */
  stepsSince: readonly number[];
}

export interface Patience {
  signMs: number;
  stepMs: number;
}

/**
 * Whether a consumer has stalled. kafkajs can stop without a CRASH (tulios/kafkajs#659), and a handler that never comes
 * back keeps its partition while heartbeats go on: both look healthy from outside.
 */
export function stallOf(signs: Signs, now: number, patience: Patience): MessagingError | null {
  if (now - signs.lastSign > patience.signMs) {
    return new MessagingError('consumer-stalled', `no sign of life for ${patience.signMs} ms`);
  }
  if (signs.stepsSince.some((since) => now - since > patience.stepMs)) {
    return new MessagingError('handler-stalled', `a handler has not come back for ${patience.stepMs} ms`);
  }
  return null;
}
