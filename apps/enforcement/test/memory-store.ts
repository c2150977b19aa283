import type { LazaretEvent } from '#events';
import type { Begun, Intent } from '../src/apply/outcome.js';
import type { UndoSheet } from '../src/apply/undo-sheet.js';
import type { Known } from '../src/known.js';
import type { Answered, LoopStore, Saved } from '../src/loop.js';
import { approvedFrom } from '../src/plan/approval.js';
import type { Observer } from '../src/prove/observers.js';
import type { ProofFacts } from '../src/prove/proof.js';
import type { Location, Neighbour } from '../src/read/location.js';
import { newDeviceState, type DeviceState } from '../src/seen/state.js';
import type { Isolation, Preview } from '../src/wanted/wanted.js';

export interface Attempt {
  id: string;
  intent: Intent;
  state: 'intent' | 'sent' | 'ack' | 'nak' | 'unknown';
  at: Date;
}

/** What survives a crash of the service: the database, in memory. */
export class Disk {
  wanted: Isolation | null = null;
  unfrozenAt: Date | null = null;
  preview: Preview | null = null;
  location: Location | null = null;
  neighbours: Neighbour[] = [];
  numbers = new Map<string, number>();
  plans = new Map<string, string>();
  state: DeviceState | null = null;
  proofs = new Map<string, ProofFacts>();
  observers: Observer[] = [];
  putBack: Date[] = [];
  attempts: Attempt[] = [];
  undo: UndoSheet[] = [];
  fence = 0;
  lease: string | null = null;
  events: LazaretEvent[] = [];
}

/** The loop's store over a Disk, with the rules of the real one. It copies what it gives and takes. */
export class MemoryStore implements LoopStore {
  constructor(
    private readonly disk: Disk,
    private readonly holder: string,
    private readonly now: () => Date,
  ) {}

  load(deviceId: string): Promise<Known | null> {
    const { disk } = this;
    if (disk.lease !== null && disk.lease !== this.holder) return Promise.resolve(null);
    disk.lease = this.holder;
    for (const one of disk.attempts) if (one.state === 'intent' || one.state === 'sent') one.state = 'unknown';
    const text = disk.wanted?.planDigest ? disk.plans.get(disk.wanted.planDigest) : undefined;
    const since = new Date(this.now().getTime() - 600_000);
    return Promise.resolve(
      structuredClone({
        deviceId,
        wanted: disk.wanted,
        unfrozenAt: disk.unfrozenAt,
        preview: disk.preview,
        location: disk.location,
        neighbours: disk.neighbours,
        numbers: disk.numbers,
        approved: text ? approvedFrom(text) : null,
        state: disk.state ?? newDeviceState(deviceId),
        proofs: disk.proofs,
        observers: disk.observers,
        putBack: disk.putBack.filter((at) => at > since),
      }),
    );
  }

  keepUndo(sheet: UndoSheet): Promise<void> {
    this.disk.undo.push(structuredClone(sheet));
    return Promise.resolve();
  }

  begin(intent: Intent): Promise<Begun> {
    const { disk } = this;
    if (disk.lease !== this.holder) return Promise.resolve({ ok: false, reason: 'lease-lost' });
    const { wanted } = disk;
    if (!wanted || wanted.epoch !== intent.epoch || wanted.generation !== intent.generation) {
      return Promise.resolve({ ok: false, reason: 'wanted-changed' });
    }
    if (wanted.frozen && !intent.evenIfFrozen) return Promise.resolve({ ok: false, reason: 'frozen' });
    const begun = new Set(disk.attempts.map((one) => one.intent.quarantineId));
    begun.delete(intent.quarantineId);
    if (intent.step.purpose === 'isolate' && begun.size >= intent.isolationsAnHour) {
      return Promise.resolve({ ok: false, reason: 'isolations-an-hour' });
    }
    disk.fence += 1;
    if (intent.step.putsBack) disk.putBack.push(this.now());
    const id = `attempt-${disk.attempts.length + 1}`;
    disk.attempts.push({ id, intent: structuredClone(intent), state: 'intent', at: this.now() });
    return Promise.resolve({ ok: true, attemptId: id, fence: disk.fence });
  }

  sent(attemptId: string): Promise<void> {
    this.attempt(attemptId).state = 'sent';
    return Promise.resolve();
  }

  save(saved: Saved): Promise<void> {
    const { disk } = this;
    if (disk.lease !== this.holder) return Promise.reject(new Error('the lease is lost'));
    const { state, outcomes, proofs, events } = structuredClone(saved);
    disk.state = state;
    for (const outcome of outcomes) {
      if (outcome.kind === 'refused') continue;
      const failed = outcome.kind === 'failed' && outcome.retry !== 'permanent' ? 'unknown' : 'nak';
      this.attempt(outcome.attemptId).state = outcome.kind === 'done' ? 'ack' : failed;
    }
    for (const [mac, facts] of proofs) disk.proofs.set(mac, facts);
    disk.events.push(...events);
    return Promise.resolve();
  }

  answer({ isFinal, digest, planText, revision, events, deviceId }: Answered): Promise<void> {
    const { disk } = this;
    disk.plans.set(digest, planText);
    if (isFinal) disk.preview = null;
    disk.state = { ...(disk.state ?? newDeviceState(deviceId)), revision };
    disk.events.push(...events);
    return Promise.resolve();
  }

  private attempt(id: string): Attempt {
    const found = this.disk.attempts.find((one) => one.id === id);
    if (!found) throw new Error(`no attempt ${id}`);
    return found;
  }
}
