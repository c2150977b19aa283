import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import { DriverError } from '#driver';
import { formatMac } from '../../mac.js';

/**
 * POST /fsapi/niCore/Hosts, XML:
 *
 *     <FSAPI TYPE="request" API_VERSION="1.0">
 *       <TRANSACTION TYPE="update">
 *         <OPTIONS CREATE_NEW_HOST="false"/>
 *         <HOST_KEY NAME="mac" VALUE="080006100011"/>
 *         <PROPERTIES><PROPERTY NAME="lazaret_modality"><VALUE>on</VALUE></PROPERTY></PROPERTIES>
 *       </TRANSACTION>
 *     </FSAPI>
 *
 * answered by <FSAPI TYPE="response"><STATUS><CODE>FSAPI_OK</CODE><MESSAGE>…</MESSAGE></STATUS></FSAPI>, with HTTP status
 * 200 for refusals too. Releases that do not know the option make a host of any key: the text says `new host` then.
 */
const attribute = { ignoreAttributes: false, attributeNamePrefix: '@' };
const builder = new XMLBuilder({ ...attribute, suppressEmptyNode: true });
const parser = new XMLParser({ ...attribute, processEntities: false });

export function updateRequest(mac: string, properties: Readonly<Record<string, string>>): string {
  const body = {
    '@TYPE': 'update',
    OPTIONS: { '@CREATE_NEW_HOST': 'false' },
    HOST_KEY: { '@NAME': 'mac', '@VALUE': formatMac(mac, 'plain') },
    PROPERTIES: { PROPERTY: Object.entries(properties).map(([name, value]) => ({ '@NAME': name, VALUE: value })) },
  };
  const request = { FSAPI: { '@TYPE': 'request', '@API_VERSION': '1.0', TRANSACTION: body } };
  return `<?xml version="1.0" encoding="UTF-8"?>${builder.build(request)}`;
}

export interface UpdateAnswer {
  code: string;
  message: string;
  /** It has made a host, against what was asked. */
  madeHost: boolean;
}

export function parseUpdateAnswer(xml: string): UpdateAnswer {
  const status = statusOf(xml);
  if (status === null)
    throw new DriverError('bad-answer', 'Forescout has answered with something that is no answer of Data Exchange');
  return { ...status, madeHost: /new host/i.test(status.message) };
}

function statusOf(xml: string): { code: string; message: string } | null {
  try {
    const { FSAPI } = parser.parse(xml) as { FSAPI?: { STATUS?: { CODE?: unknown; MESSAGE?: unknown } } };
    const { CODE, MESSAGE } = FSAPI?.STATUS ?? {};
    return typeof CODE === 'string' ? { code: CODE, message: typeof MESSAGE === 'string' ? MESSAGE : '' } : null;
  } catch {
    return null;
  }
}
