/** The process ended here: before or after a call had its effect. */
export class Crash extends Error {}

/**
 * Wraps an object so that the n-th call over all wrapped ones crashes, either before it has any effect or after it, with
 * its answer lost. Counts calls, so that a test can go through every place where a process may die.
 */
export class CrashPoint {
  calls = 0;

  constructor(
    private readonly at: number,
    private readonly when: 'before' | 'after',
  ) {}

  wrap<T extends object>(target: T, methods: readonly (keyof T)[]): T {
    return new Proxy(target, {
      get: (object, key) => {
        const value: unknown = Reflect.get(object, key);
        if (typeof value !== 'function' || !methods.includes(key as keyof T)) return value;
        return (...args: unknown[]) =>
          this.call(() => (value as (...all: unknown[]) => Promise<unknown>).apply(object, args));
      },
    });
  }

  private async call(run: () => Promise<unknown>): Promise<unknown> {
    this.calls += 1;
    const isHere = this.calls === this.at;
    if (isHere && this.when === 'before') throw new Crash();
    const result = await run();
    if (isHere) throw new Crash();
    return result;
  }
}
