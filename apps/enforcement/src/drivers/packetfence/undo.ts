import type { PointIsolation } from '#driver';
import { undoTool } from '../http/undo.js';
import type { PacketFencePoint, PacketFencePolicy } from './config.js';

/**
 * Closes, of what is open for this MAC, only what is ours. Closing wants the row's number, which is known only there, so
 * it is asked first; PacketFence re-evaluates by itself then.
 */
export function undoCommands(
  { url, caFile, user, passwordFile }: PacketFencePoint,
  { mac }: PointIsolation,
  { rule }: PacketFencePolicy,
): string[] {
  const tool = undoTool(caFile);
  const node = `${url}/api/v1/node/${mac}`;
  const ours = `tr -d ' \\n' | tr '{' '\\n' | grep -E '"security_event_id":"?${rule}"?[,}]'`;
  const rowId = `sed -E 's/^(.*,)?"id":"?([0-9]+).*/\\2/'`;
  const close = `printf '{"security_event_id":"%s"}' "$row" | ${tool.call} -X PUT -H 'Content-Type: application/json' -d @- ${node}/close_security_event`;
  return [
    tool.login({
      url: `${url}/api/v1/login`,
      body: `{"username":"${user}","password":"%s"}`,
      secretFile: passwordFile,
      field: 'token',
      scheme: '',
    }),
    `${tool.call} ${node}/security_events | ${ours} | ${rowId} | while read -r row; do ${close}; done`,
    tool.cleanUp,
  ];
}
