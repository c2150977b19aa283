import type { EntityManager } from 'typeorm';
import type { SensorHealth } from './sensor-health.js';

/** A sensor as the fleet runs it, whatever its kind. */
export interface RunningSensor {
  readonly health: SensorHealth;
  /** Resolves when it listens, or follows its file. Rejects for what only a person can mend. */
  start(): Promise<void>;
  stop(): void;
  /** Looks at what has to be asked for: the kernel's drops. Every 2 s. */
  check?(now: number): void;
  /** Stores how far it has read. Called when the broker has acknowledged everything that was told. */
  save?(manager: EntityManager, now: Date): Promise<void>;
}
