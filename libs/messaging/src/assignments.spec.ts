import { Assignments } from './assignments.js';
import type { Claim } from './claim.js';

const at = (partition: number): { topic: string; partition: number } => ({ topic: 't', partition });
const claim = (partition: number): Claim => ({
  ...at(partition),
  consumer: 'c',
  ownerEpoch: 1n,
  next: 5n,
  valid: true,
});

describe('assignments', () => {
  it('voids every claim at a new assignment, of partitions that stay too, and names those that went', () => {
    const assignments = new Assignments();
    assignments.replace([at(0), at(1), at(2)]);
    const claims = [claim(0), claim(1)];
    for (const one of claims) assignments.get(one)?.take(one);
    expect(assignments.replace([at(1), at(3)])).toEqual([at(0)]); // 2 was never ours
    expect(claims.map(({ valid }) => valid)).toEqual([false, false]);
    expect(assignments.due(0).map(({ partition }) => partition)).toEqual([at(1), at(3)]);
  });

  it('knows when the next claim is due', () => {
    const assignments = new Assignments();
    expect(assignments.nextDue(100)).toBeNull();
    assignments.replace([at(0), at(1)]);
    for (const [assignment, dueAt] of assignments.all().map((one, n) => [one, 150 + n * 50] as const))
      assignment.dueAt = dueAt;
    expect(assignments.nextDue(100)).toBe(50);
    expect(assignments.due(160).map(({ partition }) => partition)).toEqual([at(0)]);
    const first = claim(0);
    assignments.get(first)?.take(first);
    expect(assignments.nextDue(160)).toBe(40);
  });

  it('gives a hint of a position once, and of none that is not ours', () => {
    const assignments = new Assignments();
    assignments.replace([at(0), at(1)]);
    const ours = claim(0);
    assignments.get(ours)?.take(ours);
    expect(assignments.takeHints()).toEqual([]);
    assignments.get(ours)?.passed(9n);
    assignments.get(at(1))?.passed(9n);
    expect(assignments.takeHints().map(({ partition, position }) => [partition, position])).toEqual([[at(0), 9n]]);
    expect(assignments.takeHints()).toEqual([]);
  });
});
