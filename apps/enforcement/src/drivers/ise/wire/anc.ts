import { formatMac } from '../../mac.js';

/**
 * Applying and clearing an ANC policy: `PUT /ers/config/ancendpoint/{apply,clear}`. Cisco has published two bodies for
 * them, and releases differ in which they take. Both are JSON:
 *
 * - `additional-data` (ERS since 2.1): {"OperationAdditionalData":{"additionalData":[{"name":"macAddress","value":MAC},
 *   {"name":"policyName","value":NAME}]}}
 * - `anc-endpoint` (ERS OpenAPI 3.1): {"ErsAncEndpoint":{"macAddress":MAC,"policyName":NAME}}
 *
 * Success is 200 or 204, with or without a body, for both.
 */
export const ANC_BODY = { additionalData: 'additional-data', ancEndpoint: 'anc-endpoint' } as const;
export type AncBody = (typeof ANC_BODY)[keyof typeof ANC_BODY];

export const ANC_BASE = '/ers/config/ancendpoint';

export function ancBody(form: AncBody, mac: string, policyName: string | null): unknown {
  const fields = { macAddress: formatMac(mac, 'upper-colons'), ...(policyName === null ? {} : { policyName }) };
  switch (form) {
    case 'additional-data':
      return {
        OperationAdditionalData: { additionalData: Object.entries(fields).map(([name, value]) => ({ name, value })) },
      };
    case 'anc-endpoint':
      return { ErsAncEndpoint: fields };
  }
}

/** The forms in the order in which they are tried: what is pinned or has been learned, or both, the older one first. */
export function formsToTry(pinned: 'auto' | AncBody, learned: AncBody | null): AncBody[] {
  if (pinned !== 'auto') return [pinned];
  return learned === null ? [ANC_BODY.additionalData, ANC_BODY.ancEndpoint] : [learned];
}
