import type { PointIsolation } from '#driver';
import { toolOptions } from '../http/undo.js';
import type { PacketFencePoint, PacketFencePolicy } from './config.js';

/**
 * Closes, of what is open for this MAC, only what is ours. Closing wants the row's number, which is known only there, so
 * it is asked first; PacketFence re-evaluates by itself then. The token is in a file that nobody else may read, never in a command.
 */
export function undoCommands(
  { url, caFile, user, passwordFile }: PacketFencePoint,
  { mac }: PointIsolation,
  { rule }: PacketFencePolicy,
): string[] {
  const curl = `curl ${toolOptions(caFile)}`;
  const node = `${url}/api/v1/node/${mac}`;
  const header = 'lazaret-undo.header';
  const password = `"$(sed 's/[\\\\"]/\\\\&/g' ${passwordFile})"`;
  const login = `printf '{"username":"${user}","password":"%s"}' ${password}`;
  const ask = `${curl} -H 'Content-Type: application/json' -d @- ${url}/api/v1/login`;
  const ours = `tr -d ' \\n' | tr '{' '\\n' | grep -E '"security_event_id":"?${rule}"?[,}]'`;
  const rowId = `sed -E 's/^(.*,)?"id":"?([0-9]+).*/\\2/'`;
  const body = `printf '{"security_event_id":"%s"}' "$row"`;
  return [
    `umask 077; ${login} | ${ask} | sed -E 's/.*"token": *"([^"]+)".*/Authorization: \\1/' > ${header}`,
    `${curl} -H @${header} ${node}/security_events | ${ours} | ${rowId} | while read -r row; do ${body} | ${curl} -X PUT -H @${header} -H 'Content-Type: application/json' -d @- ${node}/close_security_event; done`,
    `rm -f ${header}`,
  ];
}
