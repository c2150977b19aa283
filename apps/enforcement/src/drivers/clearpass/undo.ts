import type { PointIsolation } from '#driver';
import { undoTool } from '../http/undo.js';
import type { ClearPassPoint } from './config.js';

/** Empties our own attributes, and lets ClearPass tell the switch. Other attributes stay. */
export function undoCommands(point: ClearPassPoint, { mac }: PointIsolation): string[] {
  const { url, caFile, clientId, clientSecretFile, policyAttribute, markAttribute, renew } = point;
  const tool = undoTool(caFile);
  const name = encodeURIComponent(mac);
  const action = `${url}/api/session-action`;
  const attributes = { [policyAttribute]: '', [markAttribute]: '' };
  return [
    tool.login({
      url: `${url}/api/oauth`,
      body: `{"grant_type":"client_credentials","client_id":"${clientId}","client_secret":"%s"}`,
      secretFile: clientSecretFile,
      field: 'access_token',
      scheme: 'Bearer ',
    }),
    tool.send('PATCH', `${url}/api/endpoint/mac-address/${name}`, { attributes }),
    renew.by === 'coa'
      ? tool.send('POST', `${action}/coa/mac/${name}`, { enforcement_profile: renew.homeProfiles })
      : tool.send('POST', `${action}/disconnect/mac/${name}`, {}),
    tool.cleanUp,
  ];
}
