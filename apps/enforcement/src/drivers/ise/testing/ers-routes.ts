import type { PeerAnswer, PeerRequest } from '../../http/testing/https-peer.client.js';
import { json } from '../../http/testing/stand-in.client.js';
import type { IseState } from './ise-state.js';

/** What differs between releases of ISE, and what an administrator sets. */
export interface ErsSettings {
  body: 'additional-data' | 'anc-endpoint' | 'both';
  lists: 'with slash' | 'without slash' | 'both';
  success: { apply: 200 | 204; clear: 200 | 204 };
  csrf: boolean;
  readOnly: boolean;
  /** Writes are refused with this title. */
  refuse: string | null;
  /** Writes are acknowledged and do nothing. */
  ignore: boolean;
}

const TOKEN = '7F3C9A';
const PREFIX = '/ers/config/';

/** Answers ERS. `changed` is told of what has been carried out. */
export function answerErs(
  state: IseState,
  settings: ErsSettings,
  asked: PeerRequest,
  changed: (what: 'apply' | 'clear', mac: string, policyName: string, radius: boolean) => void,
): PeerAnswer {
  const [resource, ...rest] = asked.path.slice(PREFIX.length).split('/');
  const csrf = csrfAnswer(settings, asked);
  if (csrf) return csrf;
  if (asked.method === 'PUT' && resource === 'ancendpoint' && (rest[0] === 'apply' || rest[0] === 'clear')) {
    return write(state, settings, asked, rest[0], changed);
  }
  if (asked.method !== 'GET') return resource === 'ancpolicy' ? makePolicy(state, asked) : ersError(405, 'Not allowed');
  if (resource === 'ancendpoint' && rest[0] === 'versioninfo') return versionInfo(settings, asked);
  const isList = rest.length === 0 || rest[0] === '';
  if (isList && !listKnown(settings, rest.length > 0)) return html(404, 'Not found');
  if (resource === 'ancendpoint') return isList ? listEndpoints(state, asked) : endpoint(state, rest[0]!);
  if (resource === 'ancpolicy') return isList ? listPolicies(state) : policy(state, rest);
  return ersError(404, 'Resource not found');
}

function csrfAnswer(settings: ErsSettings, { method, headers }: PeerRequest): PeerAnswer | null {
  if (!settings.csrf || method === 'GET') return null;
  const cookie = String(headers['cookie'] ?? '');
  if (headers['x-csrf-token'] === TOKEN && cookie.includes('APPSESSIONID=s1') && cookie.includes('JSESSIONIDSSO=s2')) {
    return null;
  }
  return html(403, 'CSRF nonce validation failed');
}

function versionInfo(settings: ErsSettings, { headers }: PeerRequest): PeerAnswer {
  const info = { VersionInfo: { currentServerVersion: '1.0', supportedVersions: '1.0' } };
  if (!settings.csrf || headers['x-csrf-token'] !== 'fetch') return json(200, info);
  const cookies = ['APPSESSIONID=s1; Path=/ers; Secure; HttpOnly', 'JSESSIONIDSSO=s2; Path=/; Secure'];
  return { ...json(200, info), headers: { 'X-CSRF-Token': TOKEN, 'Set-Cookie': cookies } };
}

function write(
  state: IseState,
  settings: ErsSettings,
  asked: PeerRequest,
  what: 'apply' | 'clear',
  changed: (what: 'apply' | 'clear', mac: string, policyName: string, radius: boolean) => void,
): PeerAnswer {
  if (settings.readOnly) return ersError(405, 'This node is the secondary administration node: read only');
  if (settings.refuse !== null) return ersError(500, settings.refuse);
  const fields = fieldsOf(asked.text, settings);
  const mac = fields?.['macAddress']?.toLowerCase();
  if (fields === null || mac === undefined || !/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)) {
    return ersError(400, 'Malformed request');
  }
  const policyName = fields['policyName'] ?? state.assignments.get(mac)?.policyName ?? '';
  if (!settings.ignore) {
    const outcome = what === 'apply' ? state.apply(mac, policyName) : state.clear(mac);
    const radius = outcome.ok || outcome.title === 'Radius Failure';
    if (radius) changed(what, mac, policyName, outcome.ok);
    if (!outcome.ok) return ersError(500, outcome.title);
  }
  if (settings.success[what] === 204) return { status: 204 };
  return json(200, { UpdatedFieldsList: { updatedField: [] } });
}

/** The fields of either body; null: not a body that this release takes. */
function fieldsOf(body: string, { body: taken }: ErsSettings): Record<string, string | undefined> | null {
  const parsed = parse(body) as {
    OperationAdditionalData?: { additionalData?: { name: string; value: string }[] };
    ErsAncEndpoint?: Record<string, string>;
  } | null;
  if (parsed?.OperationAdditionalData && taken !== 'anc-endpoint') {
    const { additionalData } = parsed.OperationAdditionalData;
    return Object.fromEntries((additionalData ?? []).map(({ name, value }) => [name, value]));
  }
  return parsed?.ErsAncEndpoint && taken !== 'additional-data' ? parsed.ErsAncEndpoint : null;
}

function listKnown({ lists }: ErsSettings, slash: boolean): boolean {
  return lists === 'both' || (lists === 'with slash') === slash;
}

/** ISE's filter takes the colons percent-encoded; we hold clients to it. */
function listEndpoints(state: IseState, { query, target }: PeerRequest): PeerAnswer {
  const filter = query.get('filter');
  const wanted = filter === null ? null : /^macAddress\.EQ\.((?:[0-9A-F]{2}:){5}[0-9A-F]{2})$/i.exec(filter)?.[1];
  if (wanted === undefined || (wanted !== null && target.includes(':'))) return ersError(400, 'Illegal filter');
  const found = [...state.assignments].filter(([mac]) => wanted === null || mac === wanted.toLowerCase());
  const [size, page] = [Number(query.get('size') ?? 20), Number(query.get('page') ?? 1)];
  const shown = found.slice((page - 1) * size, page * size);
  const next = page * size < found.length ? { nextPage: { rel: 'next', href: `?page=${page + 1}` } } : {};
  return json(200, { SearchResult: { total: found.length, resources: shown.map(([, { id }]) => ({ id })), ...next } });
}

function endpoint(state: IseState, id: string): PeerAnswer {
  const found = [...state.assignments].find(([, one]) => one.id === id);
  if (!found) return ersError(404, 'ANC endpoint not found');
  const [mac, { policyName }] = found;
  return json(200, { ErsAncEndpoint: { id, macAddress: mac.toUpperCase(), policyName } });
}

function listPolicies(state: IseState): PeerAnswer {
  const resources = [...state.policies.keys()].map((name) => ({ id: name, name }));
  return json(200, { SearchResult: { total: resources.length, resources } });
}

function policy(state: IseState, rest: string[]): PeerAnswer {
  const name = rest[0] === 'name' ? (rest[1] ?? '') : rest[0]!;
  const actions = state.policies.get(name);
  if (!actions) return ersError(404, 'ANC policy not found');
  return json(200, { ErsAncPolicy: { id: name, name, actions } });
}

function makePolicy(state: IseState, { method, text }: PeerRequest): PeerAnswer {
  const made = (parse(text) as { ErsAncPolicy?: { name?: string; actions?: string[] } } | null)?.ErsAncPolicy;
  if (method !== 'POST' || !made?.name) return ersError(400, 'Malformed request');
  state.policies.set(made.name, made.actions ?? []);
  return { status: 201, headers: { Location: `/ers/config/ancpolicy/${made.name}` } };
}

function ersError(status: number, title: string): PeerAnswer {
  const message = { title, type: 'ERROR', code: 'Application resource validation exception' };
  return json(status, { ERSResponse: { operation: 'PUT-apply-ancendpoint', messages: [message] } });
}

function html(status: number, words: string): PeerAnswer {
  return { status, body: `<html>${words}</html>`, headers: { 'Content-Type': 'text/html' } };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
