import type { AssessmentChanged, ObservationsReported } from '#events';
import { assessmentEvent } from '../assessments/assessment-event.js';
import { assess } from '../assessments/assessment.js';
import { whenToPublish } from '../assessments/publication.js';
import type { Partition, Surroundings, WeighedEvidence } from './partition.js';

export interface Item {
  event: ObservationsReported;
  offset: string;
}

/** What came of some observations, or of time going by: evidence to keep and assessments to tell. */
export interface Outcome {
  evidence: WeighedEvidence[];
  assessments: AssessmentChanged[];
}

/**
 * The partitions that are ours, weighed in memory. The clock is an argument: states move by the times of the
 * observations alone, so a replay ends in the same state; an assessment is of the moment that it is told.
 */
export class Weighing {
  private readonly partitions = new Map<number, Partition>();
  private readonly later = new Map<number, Set<string>>();

  constructor(
    private readonly surroundings: Surroundings,
    private readonly epoch: number,
  ) {}

  numbers(): number[] {
    return [...this.partitions.keys()];
  }

  partition(number: number): Partition | undefined {
    return this.partitions.get(number);
  }

  put(partition: Partition): void {
    this.partitions.set(partition.number, partition);
    this.later.set(partition.number, new Set());
  }

  forget(number: number): void {
    this.partitions.delete(number);
    this.later.delete(number);
  }

  /** Weighs a batch. Each device that it touches is assessed once, as of the last event. */
  weigh(number: number, items: readonly Item[], now: number): Outcome {
    const partition = this.partitions.get(number);
    if (!partition) throw new Error('the partition is not ours');
    const touched = new Set<string>();
    const evidence: WeighedEvidence[] = [];
    for (const { event, offset } of items) {
      evidence.push(...partition.apply(event, offset, this.surroundings));
      touched.add(event.data.deviceId);
    }
    return { evidence, assessments: this.tell(partition, touched, now) };
  }

  /** A person released the device: what was held against it is gone, and that is told. */
  release(deviceId: string, at: number, now: number): AssessmentChanged[] {
    const holding = [...this.partitions.values()].filter((partition) => partition.release(deviceId, at));
    return holding.flatMap((partition) => this.tell(partition, [deviceId], now));
  }

  /** Tells what had to wait for the shortest interval. Cheap: call it every second. */
  tellLater(now: number): AssessmentChanged[] {
    return [...this.partitions.values()].flatMap((partition) => {
      const waiting = this.later.get(partition.number) ?? [];
      this.later.set(partition.number, new Set());
      return this.tell(partition, waiting, now);
    });
  }

  /** Tells what has faded since, and forgets what can no longer matter. */
  sweep(now: number): AssessmentChanged[] {
    return [...this.partitions.values()].flatMap((partition) => {
      const told = this.tell(partition, [...partition.devices.keys()], now);
      partition.prune(now);
      return told;
    });
  }

  private tell(partition: Partition, deviceIds: Iterable<string>, now: number): AssessmentChanged[] {
    const asOf = { epoch: this.epoch, partition: partition.number, offset: partition.asOfOffset };
    const told: AssessmentChanged[] = [];
    for (const deviceId of deviceIds) {
      const device = partition.devices.get(deviceId);
      if (!device) continue;
      const assessment = assess(Object.values(device.levels), now);
      const when = whenToPublish(device.published, assessment, now);
      if (when === 'later') this.later.get(partition.number)?.add(deviceId);
      if (when !== 'now') continue;
      const published = { level: assessment.level, counted: assessment.counted, at: now };
      partition.devices.set(deviceId, { ...device, published });
      told.push(assessmentEvent(deviceId, assessment, asOf, now));
    }
    return told;
  }
}
