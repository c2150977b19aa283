import { DriverError } from '#driver';

/**
 * The nodes of a deployment that answer the same questions, the first one preferred. One that can't be reached is passed
 * over, and the one that answered last is asked first the next time. Nothing that may have been carried out by one node
 * is sent to another.
 */
export class Nodes<N> {
  private first = 0;

  constructor(private readonly nodes: readonly N[]) {}

  /** `passOver`: whether a failure means that another node is to be asked. */
  async ask<T>(call: (node: N) => Promise<T>, passOver: (error: unknown) => boolean = isUnreachable): Promise<T> {
    let failure: unknown = null;
    for (let turn = 0; turn < this.nodes.length; turn++) {
      const index = (this.first + turn) % this.nodes.length;
      try {
        const answer = await call(this.nodes[index]!);
        this.first = index;
        return answer;
      } catch (error) {
        if (!passOver(error)) throw error;
        failure ??= error;
      }
    }
    throw failure;
  }

  each<T>(call: (node: N) => Promise<T>): Promise<PromiseSettledResult<T>[]> {
    return Promise.allSettled(this.nodes.map(call));
  }
}

export function isUnreachable(error: unknown): boolean {
  return error instanceof DriverError && error.code === 'unreachable';
}
