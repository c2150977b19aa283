import type { AllowedStep } from '../check/check.js';
import type { PendingStep } from '../plan/pending-step.js';

/**
 * How far an attempt came; each is written before what it announces.
 *
 * `intent`: about to be sent · `sent`: on its way · `ack`, `nak`: the point has said so · `unknown`: it may have been
 * carried out, so the point is read before anything is sent again.
 */
export const ATTEMPT = { intent: 'intent', sent: 'sent', ack: 'ack', nak: 'nak', unknown: 'unknown' } as const;
export type AttemptState = (typeof ATTEMPT)[keyof typeof ATTEMPT];

/** What came of a step in this run of the loop. */
export type StepOutcome =
  | { step: PendingStep; kind: 'done'; attemptId: string; at: Date; bootId: string }
  | { step: PendingStep; kind: 'refused'; reason: string; message: string }
  | {
      step: PendingStep;
      kind: 'failed';
      attemptId: string;
      code: string;
      retry: 'transient' | 'ambiguous' | 'permanent';
    };

/** Asks to begin an attempt: all that the log keeps of it and that is compared once more before it is written. */
export interface Intent {
  deviceId: string;
  quarantineId: string;
  epoch: number;
  generation: number;
  step: AllowedStep;
  /** A release is written even while people hold all other writes. */
  evenIfFrozen: boolean;
  isolationsAnHour: number;
}

/** The attempt may begin under this fence, or not: what has changed since the loop looked. */
export type Begun =
  | { ok: true; attemptId: string; fence: number }
  | { ok: false; reason: 'lease-lost' | 'wanted-changed' | 'frozen' | 'isolations-an-hour' };
