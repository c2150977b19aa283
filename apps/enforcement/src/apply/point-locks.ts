/**
 * One write at a time at each point, so that fences arrive in the order in which they were taken. A slow point holds back
 * only its own.
 */
export class PointLocks {
  private readonly last = new Map<string, Promise<unknown>>();

  async exclusively<T>(pointId: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(pointId) ?? Promise.resolve();
    const mine = before.then(work);
    this.last.set(
      pointId,
      mine.catch(() => undefined),
    );
    return mine;
  }
}
