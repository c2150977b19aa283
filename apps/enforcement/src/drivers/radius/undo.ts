import type { PointIsolation } from '#driver';
import type { RadiusPoint } from './config.js';
import { renewalOf } from './profile.js';
import { attempts } from './request.js';
import { ATTRIBUTES, type Named } from './wire/dictionary.js';

/**
 * The command that makes the device's session begin anew, by FreeRADIUS's radclient: it takes what its RADIUS server
 * gives it without us. Of sessions only the MAC is known when this is written, so it goes without a session's id.
 */
export function undoCommands(point: RadiusPoint, { mac, port }: PointIsolation): string[] {
  const renewal = renewalOf(point);
  const [attempt] = attempts(point, renewal, { mac, port, id: null });
  const { host, port: number } = wayTo(point);
  if (!attempt) return [`# ${point.id}: end the session of ${mac} on the switch itself, at its port ${port}`];
  const signature = point.messageAuthenticator ? ['Message-Authenticator = 0x00'] : [];
  const pairs = [...attempt.attributes.map(pair), 'Event-Timestamp = $(date +%s)', ...signature].join(', ');
  const address = host.includes(':') ? `[${host}]` : host;
  return [`echo "${pairs}" | radclient -x -r 1 -t 3 -S ${point.secretFile} ${address}:${number} ${attempt.request}`];
}

/** Where requests go: to the switch, or to the proxy before it. */
export function wayTo({ through, host, port }: Pick<RadiusPoint, 'through' | 'host' | 'port'>): {
  host: string;
  port: number;
} {
  return through.kind === 'proxy' ? { host: through.host, port: through.port } : { host, port };
}

/** As radclient reads it, within a shell's double quotes: no value has a character that would end them (config.ts). */
function pair([name, value]: Named): string {
  const isText = ATTRIBUTES[name].kind.endsWith('string');
  return `${name} = ${isText ? `\\"${value}\\"` : value}`;
}
