import type { LazaretEvent } from '#events';
import type { Logger } from '#observability';
import type { Begun, Intent, StepOutcome } from './apply/outcome.js';
import type { PointLocks } from './apply/point-locks.js';
import type { UndoSheet } from './apply/undo-sheet.js';
import type { Interlocks } from './check/refusal.js';
import type { Known } from './known.js';
import type { ProofFacts } from './prove/proof.js';
import type { Point } from './read/point.js';
import type { PointReader } from './read/read-points.js';
import type { DeviceState } from './seen/state.js';

/** What one run of the loop leaves behind: committed together, or not at all. */
export interface Saved {
  state: DeviceState;
  outcomes: readonly StepOutcome[];
  /** Proofs that begin now, by MAC. */
  proofs: ReadonlyMap<string, ProofFacts>;
  events: readonly LazaretEvent[];
}

/** The answer to a preview: the plan's text by its digest, and the event. */
export interface Answered {
  /** The request is answered; if not, it stays open. */
  isFinal: boolean;
  deviceId: string;
  epoch: number;
  generation: number;
  digest: string;
  planText: string;
  revision: number;
  events: readonly LazaretEvent[];
}

/** The loop's memory. Every write checks that this replica still holds the device's lease. */
export interface LoopStore {
  /** Takes or renews the device's lease and loads what is known. Null: another replica holds it. */
  load(deviceId: string): Promise<Known | null>;
  /** Keeps how to undo an isolation by hand, in the database and as a file. The same sheet again changes nothing. */
  keepUndo(sheet: UndoSheet): Promise<void>;
  /** Writes an attempt to the log and takes its fence, if what the loop acts on is still so. */
  begin(intent: Intent): Promise<Begun>;
  sent(attemptId: string): Promise<void>;
  save(saved: Saved): Promise<void>;
  answer(answered: Answered): Promise<void>;
}

/** What the loop works with. */
export interface Loop {
  store: LoopStore;
  points: ReadonlyMap<string, Point>;
  reader: PointReader;
  locks: PointLocks;
  interlocks: Interlocks;
  startedAt: Date;
  now: () => Date;
  logger: Logger;
}
