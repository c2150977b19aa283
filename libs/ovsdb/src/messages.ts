import type { Row, Value } from './values.js';

/** [column, function, value], such as `['name', '==', 'p1']` (RFC 7047 section 5.1, <condition>). */
export type Condition = readonly [string, '==' | '!=' | '<' | '<=' | '>' | '>=' | 'includes' | 'excludes', Value];
/** [column, mutator, value], such as `['next_cfg', '+=', 1]` (<mutation>). */
export type Mutation = readonly [string, '+=' | '-=' | '*=' | '/=' | '%=' | 'insert' | 'delete', Value];

/** Operations of a transaction (RFC 7047 section 5.2). `wait` with `timeout: 0` is a compare that never blocks. */
export type Operation =
  | { op: 'select'; table: string; where: Condition[]; columns?: string[] }
  | { op: 'insert'; table: string; row: Row; 'uuid-name'?: string }
  | { op: 'update'; table: string; where: Condition[]; row: Row }
  | { op: 'mutate'; table: string; where: Condition[]; mutations: Mutation[] }
  | { op: 'delete'; table: string; where: Condition[] }
  | {
      op: 'wait';
      table: string;
      where: Condition[];
      columns: string[];
      until: '==' | '!=';
      rows: Row[];
      timeout?: number;
    }
  | { op: 'comment'; comment: string };

/** One operation's result: `rows` of a select, `count` of a change, `uuid` of an insert. */
export interface OperationResult {
  rows?: Row[];
  count?: number;
  uuid?: ['uuid', string];
}

/** Columns to follow, by table. */
export type MonitoredTables = Record<string, { columns: string[] }>;

/** Changes by table and row: `new` only = inserted or there at the start, `old` only = deleted; `old` holds what changed. */
export type TableUpdates = Record<string, Record<string, { old?: Row; new?: Row }>>;

/** What can come from a server: an answer, a request (echo), a notification (update). */
export type Incoming =
  | { kind: 'answer'; id: unknown; result: unknown; error: unknown }
  | { kind: 'request'; id: unknown; method: string; params: unknown }
  | { kind: 'notification'; method: string; params: unknown };

/** Throws a SyntaxError or a TypeError if the text is no JSON-RPC 1.0 message. */
export function parseMessage(text: string): Incoming {
  const message = JSON.parse(text) as {
    id?: unknown;
    method?: unknown;
    params?: unknown;
    result?: unknown;
    error?: unknown;
  };
  if (typeof message.method === 'string') {
    const { method, params } = message;
    return message.id === null || message.id === undefined
      ? { kind: 'notification', method, params }
      : { kind: 'request', id: message.id, method, params };
  }
  if (message.id === undefined) throw new TypeError('neither a request nor an answer');
  return { kind: 'answer', id: message.id, result: message.result ?? null, error: message.error ?? null };
}

/** The first error among a transaction's results: operations after a failed one are null. */
export function refusalOf(results: unknown): { serverError: string; operation: number } | null {
  if (!Array.isArray(results)) throw new TypeError('the results of a transaction are an array');
  const operation = results.findIndex((result) => isError(result));
  if (operation < 0) return null;
  return { serverError: (results[operation] as { error: string }).error, operation };
}

function isError(result: unknown): boolean {
  return typeof result === 'object' && result !== null && typeof (result as { error?: unknown }).error === 'string';
}
