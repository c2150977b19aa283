import { BoundedMap } from '../bounded-map.js';
import type { AlertFact, Told } from '../sensors/follow/line-fact.js';
import { MAX_WAITING, WAIT_MS } from './look-ups.js';

type Waiting = { told: Told<AlertFact>; until: number };

/** Alerts wait 2 s for the flow record that shows where their packet entered. None is dropped: without room it is told. */
export class LineAlerts {
  private readonly waiting = new BoundedMap<string, Waiting>(MAX_WAITING);

  wait(told: Told<AlertFact>): Told<AlertFact>[] {
    if (this.waiting.has(told.observationId)) return [];
    const evicted = this.waiting.set(told.observationId, { told, until: told.receivedAt + WAIT_MS });
    return evicted ? [evicted.told] : [];
  }

  tick(now: number): Told<AlertFact>[] {
    return this.waiting.takeWhile(({ until }) => until <= now).map(({ told }) => told);
  }
}
