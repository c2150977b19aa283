import type { NetConnectOpts } from 'node:net';
import { OvsdbError } from './errors.js';

/** `tcp:host:port`, `tcp:[::1]:port` or `unix:/path`, as Open vSwitch writes remotes. */
export function parseRemote(remote: string): NetConnectOpts {
  const unix = /^unix:(\/.+)$/.exec(remote);
  if (unix) return { path: unix[1]! };
  const tcp = /^tcp:(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(remote);
  const port = Number(tcp?.[3]);
  if (!tcp || port < 1 || port > 65_535) {
    throw new OvsdbError('invalid-remote', 'a remote is written tcp:HOST:PORT or unix:/PATH');
  }
  return { host: (tcp[1] ?? tcp[2])!, port };
}
