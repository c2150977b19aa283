import { z } from 'zod';
import type { IseSession } from '../session.js';
import { macOf } from '../../mac.js';

/**
 * pxGrid 2.0. Control is `POST /pxgrid/control/{AccountActivate,ServiceLookup,AccessSecret}` with JSON both ways; what
 * happens comes as JSON in STOMP 1.2 messages, over a WebSocket of binary frames, from the node that ServiceLookup names.
 */
export const CONTROL_BASE = '/pxgrid/control';
export const SERVICE = { anc: 'com.cisco.ise.config.anc', session: 'com.cisco.ise.session' } as const;

export const accountActivated = z.object({ accountState: z.enum(['INIT', 'PENDING', 'ENABLED', 'DISABLED']) });
export type AccountState = z.infer<typeof accountActivated>['accountState'];

export const servicesFound = z.object({
  services: z
    .array(
      z.object({ name: z.string(), nodeName: z.string(), properties: z.record(z.string(), z.string()).default({}) }),
    )
    .default([]),
});
export type PxgridService = z.infer<typeof servicesFound>['services'][number];

export const accessSecret = z.object({ secret: z.string().min(1) });

/** A message of the ANC service's `statusTopic`: how ISE's change of authorization went. */
const ancStatus = z.object({
  operationId: z.string(),
  macAddress: z.string(),
  status: z.string(),
  policyName: z.string().optional(),
  failureReason: z.string().optional(),
});

export interface AncStatus {
  mac: string;
  status: string;
  policyName: string | null;
  failureReason: string | null;
}

/** Null: some other message. */
export function parseAncStatus(text: string): AncStatus | null {
  const parsed = ancStatus.safeParse(jsonOf(text));
  const mac = parsed.success ? macOf(parsed.data.macAddress) : null;
  if (!parsed.success || mac === null) return null;
  const { status, policyName, failureReason } = parsed.data;
  return { mac, status, policyName: policyName ?? null, failureReason: failureReason ?? null };
}

const sessionMessage = z.object({
  sessions: z.array(
    z.object({
      timestamp: z.string(),
      state: z.enum(['AUTHENTICATING', 'AUTHENTICATED', 'POSTURED', 'STARTED', 'DISCONNECTED']),
      callingStationId: z.string().optional(),
      macAddress: z.string().optional(),
      auditSessionId: z.string().optional(),
      nasIpAddress: z.string().optional(),
      nasPortId: z.string().optional(),
      tunnelPrivateGroupId: z.string().optional(),
      selectedAuthzProfiles: z.array(z.string()).default([]),
    }),
  ),
});

/** What became of a session, at a time of ISE's clock; `session: null`: it has ended. */
export interface SessionChange {
  mac: string;
  sessionId: string;
  at: Date;
  session: IseSession | null;
}

/** The changes that a message of `sessionTopic` tells of; those that can't be placed are left out. */
export function parseSessionMessage(text: string): SessionChange[] {
  const parsed = sessionMessage.safeParse(jsonOf(text));
  if (!parsed.success) return [];
  return parsed.data.sessions.flatMap((one) => {
    const mac = macOf(one.macAddress ?? one.callingStationId ?? '');
    const at = new Date(one.timestamp);
    if (mac === null || one.auditSessionId === undefined || Number.isNaN(at.getTime())) return [];
    // An attempt under way has no outcome: what was there before it holds until it is over.
    if (one.state === 'AUTHENTICATING') return [];
    const session: IseSession = {
      mac,
      sessionId: one.auditSessionId,
      nasAddress: one.nasIpAddress ?? null,
      port: one.nasPortId ?? null,
      passed: true,
      vlan: vlanOf(one.tunnelPrivateGroupId),
      authorizationProfiles: one.selectedAuthzProfiles,
      policyNode: null,
      authenticatedAt: at,
    };
    return [{ mac, sessionId: one.auditSessionId, at, session: one.state === 'DISCONNECTED' ? null : session }];
  });
}

function vlanOf(text: string | undefined): number | null {
  const digits = /^(?:\(tag=\d+\)\s*)?(\d{1,4})$/.exec(text ?? '')?.[1];
  const vlan = Number(digits);
  return digits !== undefined && vlan >= 1 && vlan <= 4094 ? vlan : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
