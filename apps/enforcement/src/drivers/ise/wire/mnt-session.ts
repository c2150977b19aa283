import type { IseSession } from '../session.js';
import { macOf } from '../../mac.js';
import { childrenOf, parseXml, textOf, type Xml } from './xml.js';

/**
 * GET /Session/MACAddress/{MAC} answers with the device's last session: <sessionParameters><passed>true</passed>
 * <audit_session_id>…</audit_session_id>…</sessionParameters>. Fields are missing where they were never told; `stopped`
 * and `acct_status_type` say that it is over. Null: the answer is not that.
 */
export function parseSession(text: string): { session: IseSession | null } | null {
  const root = parseXml(text)?.['sessionParameters'];
  if (root === undefined) return null;
  if (Array.isArray(root)) return null;
  return { session: isOver(root) ? null : sessionOf(root) };
}

/** GET /Session/ActiveList: the MACs that have a live session. Null: the answer is not that. */
export function parseActiveMacs(text: string): string[] | null {
  const root = parseXml(text)?.['activeList'];
  if (root === undefined) return null;
  return childrenOf(root, 'activeSession').flatMap((one) => callerOf(one) ?? []);
}

/** GET /Version: <product name="Cisco Identity Services Engine"><version>3.3.0.430</version>…. */
export function parseVersion(text: string): string | null {
  return textOf(parseXml(text)?.['product'], 'version');
}

/** GET /CoA/…: <remoteCoA requestType="reauth"><results>true</results></remoteCoA>. Null: the answer is not that. */
export function parseCoaResult(text: string): boolean | null {
  const results = textOf(parseXml(text)?.['remoteCoA'], 'results');
  return results === null ? null : results.trim().toLowerCase() === 'true';
}

/** What MnT says of a failure: <mnt-rest-result><http-code>500</http-code><internal-error-info>…. */
export function failureWords(text: string): string | null {
  const result = parseXml(text)?.['mnt-rest-result'];
  const words = textOf(result, 'internal-error-info') ?? textOf(result, 'description');
  return words === null ? null : words.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 200);
}

function isOver(root: Xml): boolean {
  return textOf(root, 'stopped') === 'true' || textOf(root, 'acct_status_type')?.toLowerCase() === 'stop';
}

function sessionOf(root: Xml): IseSession | null {
  const mac = callerOf(root);
  const sessionId = textOf(root, 'audit_session_id') ?? textOf(root, 'acct_session_id');
  if (mac === null || sessionId === null) return null;
  const profiles = textOf(root, 'selected_azn_profiles') ?? textOf(root, 'selected_authz_profiles') ?? '';
  return {
    mac,
    sessionId,
    nasAddress: textOf(root, 'nas_ip_address') ?? textOf(root, 'nas_ipv6_address') ?? textOf(root, 'device_ip_address'),
    port: textOf(root, 'nas_port_id'),
    passed: passedOf(root),
    vlan: vlanOf(root),
    authorizationProfiles: profiles
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
    policyNode: textOf(root, 'acs_server') ?? textOf(root, 'server'),
    authenticatedAt: timeOf(textOf(root, 'auth_acs_timestamp') ?? textOf(root, 'auth_acsview_timestamp')),
  };
}

function callerOf(root: Xml): string | null {
  const text = textOf(root, 'calling_station_id') ?? textOf(root, 'orig_calling_station_id');
  return text === null ? null : macOf(text);
}

function passedOf(root: Xml): boolean | null {
  if (textOf(root, 'failed') === 'true') return false;
  return textOf(root, 'passed') === 'true' ? true : null;
}

/** `vlan` where it is told, or else the one that ISE's answer to the switch has named: `Tunnel-Private-Group-ID=(tag=1) 66`. */
function vlanOf(root: Xml): number | null {
  const told = textOf(root, 'vlan');
  const answered = /Tunnel-Private-Group-ID=\s*(?:\(tag=\d+\)\s*)?(\d{1,4})\b/i.exec(
    textOf(root, 'response') ?? '',
  )?.[1];
  const text = told !== null && /^\d{1,4}$/.test(told) ? told : answered;
  const vlan = Number(text);
  return text !== undefined && vlan >= 1 && vlan <= 4094 ? vlan : null;
}

function timeOf(text: string | null): Date | null {
  const at = new Date(text ?? '');
  return Number.isNaN(at.getTime()) ? null : at;
}
