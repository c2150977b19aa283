import type { Logger } from '#observability';
import type { Due } from './due.js';

interface Slot {
  /** Woken while it ran: it runs once more, however often it was woken. */
  again: boolean;
  running: boolean;
  failures: number;
  timer: NodeJS.Timeout | undefined;
}

export interface WakeUpsOptions {
  run(deviceId: string): Promise<Due>;
  /** What a device waits for; devices of one lane can't take the turns of others. Undefined: it waits for nothing. */
  laneOf?: (deviceId: string) => string | undefined;
  logger: Logger;
  /** 0 to 1, for the jitter of back-offs. */
  random?: () => number;
}

interface Lane {
  waiting: Set<string>;
  active: number;
}

/** Devices that are looked at at the same time. Most of the time they wait for a point or the database. */
const AT_ONCE = 64;
/** Of one lane: a point that does not answer holds so many turns, and no more. */
const AT_ONCE_A_LANE = 2;
const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 10_000;
const LEASED_ELSEWHERE_MS = 1000;

/**
 * Runs the loop for devices when hints or timers say so: one run of a device at a time, hints during a run are one more
 * run, and a device that fails backs off without holding back another. Lanes take turns. A hint carries nothing, so losing
 * one costs only time until the next timer.
 */
export class WakeUps {
  private readonly slots = new Map<string, Slot>();
  private readonly lanes = new Map<string, Lane>();
  private active = 0;
  private state: 'waiting' | 'started' | 'stopped' = 'waiting';
  private idle: (() => void) | undefined;

  constructor(private readonly options: WakeUpsOptions) {}

  /** From now on hints are followed, those too that came before. */
  start(): void {
    this.state = 'started';
    this.pump();
  }

  wake(deviceId: string): void {
    if (this.state === 'stopped') return;
    const slot = this.slotOf(deviceId);
    clearTimeout(slot.timer);
    if (slot.running) slot.again = true;
    else this.queue(deviceId);
    this.pump();
  }

  /** Wakes whoever is looked after and may be concerned. */
  wakeThose(isConcerned: (deviceId: string) => boolean): void {
    for (const deviceId of this.slots.keys()) if (isConcerned(deviceId)) this.wake(deviceId);
  }

  /** Begins no further run and waits for those that are under way. */
  async stop(): Promise<void> {
    this.state = 'stopped';
    this.lanes.clear();
    for (const slot of this.slots.values()) clearTimeout(slot.timer);
    if (this.active > 0) await new Promise<void>((resolve) => (this.idle = resolve));
  }

  private slotOf(deviceId: string): Slot {
    const slot = this.slots.get(deviceId) ?? { again: false, running: false, failures: 0, timer: undefined };
    this.slots.set(deviceId, slot);
    return slot;
  }

  private laneOf(deviceId: string): [string, Lane] {
    const name = this.options.laneOf?.(deviceId) ?? '';
    const lane = this.lanes.get(name) ?? { waiting: new Set<string>(), active: 0 };
    this.lanes.set(name, lane);
    return [name, lane];
  }

  private queue(deviceId: string): void {
    for (const { waiting } of this.lanes.values()) if (waiting.has(deviceId)) return;
    this.laneOf(deviceId)[1].waiting.add(deviceId);
  }

  /** One of each lane, as long as there is room; a lane that had its turn goes to the end. */
  private pump(): void {
    if (this.state !== 'started') return;
    let begun: number;
    do {
      begun = 0;
      for (const [name, lane] of [...this.lanes]) {
        if (this.active >= AT_ONCE) return;
        const [deviceId] = lane.waiting;
        if (deviceId === undefined || (name !== '' && lane.active >= AT_ONCE_A_LANE)) continue;
        lane.waiting.delete(deviceId);
        this.lanes.delete(name);
        this.lanes.set(name, lane);
        begun += 1;
        void this.runOne(deviceId, lane);
      }
    } while (begun > 0);
  }

  private async runOne(deviceId: string, lane: Lane): Promise<void> {
    const slot = this.slotOf(deviceId);
    this.active += 1;
    lane.active += 1;
    slot.running = true;
    slot.again = false;
    const due = await this.tryRun(deviceId);
    slot.running = false;
    this.active -= 1;
    lane.active -= 1;
    // A hint during a failing run may say that the trouble is over, so the back-off begins anew; but it does not end.
    const failures = slot.again ? 1 : slot.failures + 1;
    slot.failures = due.kind === 'failed' ? failures : 0;
    if (this.state === 'stopped') {
      if (this.active === 0) this.idle?.();
      return;
    }
    if (slot.again && due.kind !== 'failed') this.queue(deviceId);
    else this.schedule(deviceId, slot, due);
    this.pump();
  }

  private async tryRun(deviceId: string): Promise<Due> {
    try {
      return await this.options.run(deviceId);
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      this.options.logger.warn({ deviceId, reason }, 'a run of the loop failed');
      return { kind: 'failed' };
    }
  }

  private schedule(deviceId: string, slot: Slot, due: Due): void {
    const wait = this.waitOf(slot, due);
    if (wait === null) this.slots.delete(deviceId);
    else slot.timer = setTimeout(() => this.wake(deviceId), wait);
  }

  /** In ms; null: not looked after any more. */
  private waitOf(slot: Slot, due: Due): number | null {
    switch (due.kind) {
      case 'idle':
        return null;
      case 'now':
        return 0;
      case 'leased-elsewhere':
        return LEASED_ELSEWHERE_MS;
      case 'at':
        return Math.max(0, due.at.getTime() - Date.now());
      case 'failed': {
        const ceiling = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(slot.failures - 1, 10));
        return ceiling * (0.5 + (this.options.random ?? Math.random)() / 2);
      }
    }
  }
}
