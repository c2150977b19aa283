import type { RestClient } from './rest.client.js';

/** What a command works with: the server, and where its answer goes. */
export interface Session {
  rest: RestClient;
  /** Prints the value as JSON with --json, else what `people` makes of it. */
  print<T>(value: T, people: (value: T) => string): void;
}

/** Makes the session when a command begins, from the options that all commands share. */
export type OpenSession = () => Session;

interface Named {
  deviceId: string;
  asset: string | null;
  name: string;
}

/** Finds a device by its id, asset name or name; undefined if none or more than one answers to it. */
export function oneByName<T extends Named>(devices: T[], wanted: string): T | undefined {
  const found = devices.filter((d) => [d.deviceId, d.asset, d.name].includes(wanted));
  return found.length === 1 ? found[0] : undefined;
}
