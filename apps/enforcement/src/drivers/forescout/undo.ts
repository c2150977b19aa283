import type { PointIsolation } from '#driver';
import { undoTool } from '../http/undo.js';
import type { ForescoutPoint, ForescoutPolicy } from './config.js';
import { updateRequest } from './wire/data-exchange.js';

/** Sets our property to off; Forescout's policy does the rest. */
export function undoCommands(
  { url, caFile, dataExchange: { user, passwordFile } }: ForescoutPoint,
  { mac }: PointIsolation,
  { property }: ForescoutPolicy,
): string[] {
  const tool = undoTool(caFile);
  const body = updateRequest(mac, { [property]: 'off' });
  return [
    tool.header(passwordFile, { basic: user }),
    `${tool.call} -X POST -H 'Content-Type: application/xml' -d '${body}' ${url}/fsapi/niCore/Hosts`,
    tool.cleanUp,
  ];
}
