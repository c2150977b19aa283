import type { PointIsolation } from '#driver';
import { undoTool } from '../http/undo.js';
import { formatMac } from '../mac.js';
import type { MistPoint, MistPolicy } from './config.js';

const RECORD = 'lazaret-undo.json';

/** Takes our label off the client's record, which is read first and written whole, and has the client authenticate anew. */
export function undoCommands(
  { url, caFile, tokenFile, orgId, siteId }: MistPoint,
  { mac }: PointIsolation,
  { label }: MistPolicy,
): string[] {
  const tool = undoTool(caFile);
  const userMacs = `${url}/api/v1/orgs/${orgId}/usermacs`;
  const without = `sed -E 's/^\\[//; s/\\]$//; s/("labels": *\\[[^]]*)"${label}" *,? */\\1/; s/, *\\]/]/'`;
  const id = `$(sed -E 's/.*"id": *"([^"]+)".*/\\1/' ${RECORD})`;
  return [
    tool.header(tokenFile, { scheme: 'Token ' }),
    `${tool.call} '${userMacs}/search?mac=${formatMac(mac, 'plain')}' | tr -d '\\n' | ${without} > ${RECORD}`,
    `${tool.call} -X PUT -H 'Content-Type: application/json' -d @${RECORD} "${userMacs}/${id}"`,
    `${tool.call} -X POST ${url}/api/v1/sites/${siteId}/wired_clients/${formatMac(mac, 'plain')}/coa`,
    `rm -f ${RECORD}`,
    tool.cleanUp,
  ];
}
