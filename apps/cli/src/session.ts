import type { RestClient } from './rest.client.js';

/** What a command works with: the server, and where its answer goes. */
export interface Session {
  rest: RestClient;
  /** Prints the value as JSON with --json, else what `people` makes of it. */
  print<T>(value: T, people: (value: T) => string): void;
}

/** Makes the session when a command begins, from the options that all commands share. */
export type OpenSession = () => Session;
