import type { Position } from './caught-up.js';
import { keyOf, type Claim, type TopicPartition } from './claim.js';

/** A partition that the group has given us, from then until it takes it away. Times are monotonic, in ms. */
export class Assignment {
  claim: Claim | null = null;
  /** How far reading has come, beyond records that are shown to nobody too. */
  position = -1n;
  failures = 0;
  /** When it is to be claimed, while it is not. */
  dueAt = 0;
  isGone = false;
  private readonly steps = new Set<number>();
  private hinted = -1n;

  constructor(readonly partition: TopicPartition) {}

  take(claim: Claim): void {
    this.claim = claim;
    this.position = claim.next;
    this.hinted = claim.next;
  }

  passed(position: bigint): void {
    if (this.claim && position > this.position) this.position = position;
  }

  /** The claim is void. Says whether there was one. */
  drop(): boolean {
    const had = this.claim !== null;
    if (this.claim) this.claim.valid = false;
    this.claim = null;
    return had;
  }

  beginStep(now: number): () => void {
    this.steps.add(now);
    return () => this.steps.delete(now);
  }

  stepsSince(): number[] {
    return [...this.steps];
  }

  /** Whether the position moved since it was last asked. */
  takeHint(): boolean {
    const moved = this.claim !== null && this.position > this.hinted;
    if (moved) this.hinted = this.position;
    return moved;
  }
}

/** The partitions that are ours just now. */
export class Assignments {
  private byKey = new Map<string, Assignment>();

  get(partition: TopicPartition): Assignment | undefined {
    return this.byKey.get(keyOf(partition));
  }

  all(): Assignment[] {
    return [...this.byKey.values()];
  }

  /**
   * A new assignment of the group. Every claim is void at once: a partition that stays is claimed anew too, as the group
   * may have given it to another in between. Returns those that were ours and are no longer assigned.
   */
  replace(partitions: readonly TopicPartition[]): TopicPartition[] {
    const before = this.byKey;
    this.byKey = new Map(partitions.map((partition) => [keyOf(partition), new Assignment(partition)]));
    const revoked: TopicPartition[] = [];
    for (const assignment of before.values()) {
      assignment.isGone = true;
      const wasOurs = assignment.drop();
      if (wasOurs && !this.byKey.has(keyOf(assignment.partition))) revoked.push(assignment.partition);
    }
    return revoked;
  }

  due(now: number): Assignment[] {
    return this.all().filter(({ claim, dueAt }) => claim === null && dueAt <= now);
  }

  /** ms until the next claim is due; null if all are claimed. */
  nextDue(now: number): number | null {
    const waits = this.all()
      .filter(({ claim }) => claim === null)
      .map(({ dueAt }) => dueAt - now);
    return waits.length === 0 ? null : Math.max(0, Math.min(...waits));
  }

  positions(): Position[] {
    return this.all()
      .filter(({ claim }) => claim !== null)
      .map(({ partition, position }) => ({ ...partition, next: position }));
  }

  takeHints(): { partition: TopicPartition; position: bigint }[] {
    return this.all().filter((assignment) => assignment.takeHint());
  }

  stepsSince(): number[] {
    return this.all().flatMap((assignment) => assignment.stepsSince());
  }
}
