import { MessagingError } from './errors.js';

/** A partition of a topic. */
export interface TopicPartition {
  topic: string;
  partition: number;
}

/** The part of a partition's log that exists: [low, high). */
export interface LogBounds {
  low: bigint;
  high: bigint;
}

/**
 * Our right to move a partition's progress, as the database gave it. It is void as soon as the partition is given
 * away, claimed anew, or found to be another's; the epoch makes sure even where we don't know it yet.
 */
export interface Claim extends TopicPartition {
  readonly consumer: string;
  readonly ownerEpoch: bigint;
  /** The first offset that is not handled. */
  next: bigint;
  valid: boolean;
}

export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** Whether reading can go on at `next` without a gap. At `high` there is nothing to read yet, and that is fine. */
export function isInLog(next: bigint, { low, high }: LogBounds): boolean {
  return next >= low && next <= high;
}

/** Reading on would leave records out, or read a new log as if it were the old one: a person has to decide. */
export function outsideLog(claim: Claim, next: bigint, { low, high }: LogBounds): MessagingError {
  const place = `${claim.consumer}: ${claim.topic}/${claim.partition}`;
  return new MessagingError(
    'offset-outside-log',
    `${place} stands at ${next} but the log holds ${low} to ${high}: the topic was made anew or retention has passed. ` +
      'Reset the progress by hand, with a reason',
  );
}
