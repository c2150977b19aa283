import type { Answer } from '#events';
import type { QueryKey, QueryLine } from './query-line.js';

/** A look-up as the resolver's log tells it. `answer` is null until the reply's line is read. */
export interface LoggedLookUp {
  /** Octet of the file at which the query's line begins, and the file. */
  position: readonly (string | number)[];
  client: string;
  port: number;
  name: string;
  queryType: string;
  answer: Answer | null;
  at: number;
  receivedAt: number;
}

export type PairingEvent =
  | { kind: 'asked'; key: QueryKey; lookUp: LoggedLookUp }
  | { kind: 'answered'; key: QueryKey; answer: Answer; receivedAt: number };

/** Most queries whose reply is awaited. Beyond, the oldest is forgotten: its reply then pairs with nothing. */
export const MAX_OPEN_QUERIES = 20_000;

/**
 * Pairs the lines of a query with those of its reply, by process and serial number. The first reply decides: a chain
 * of aliases has several. A retry of the same question is a new serial number, and so a look-up of its own.
 */
export class QueryPairing {
  private readonly open = new Set<QueryKey>();

  take(
    line: QueryLine,
    position: readonly (string | number)[],
    at: number,
    receivedAt: number,
  ): PairingEvent | undefined {
    switch (line.kind) {
      case 'query': {
        this.remember(line.key);
        const { client, port, name, queryType } = line;
        const lookUp = { position, client, port, name, queryType, answer: null, at, receivedAt };
        return { kind: 'asked', key: line.key, lookUp };
      }
      case 'reply':
        return this.open.delete(line.key)
          ? { kind: 'answered', key: line.key, answer: line.answer, receivedAt }
          : undefined;
      case 'forwarded':
      case 'other':
      case 'refused':
        return undefined;
    }
  }

  private remember(key: QueryKey): void {
    if (this.open.size >= MAX_OPEN_QUERIES) {
      const oldest = this.open.values().next();
      if (!oldest.done) this.open.delete(oldest.value);
    }
    this.open.add(key);
  }
}
