import { z } from 'zod';
import { parsed } from '../../http/parsed.js';
import { search, type Search } from './search.js';

/**
 * GET /api/v1/node/MAC/security_events → { items: [row …] }: what is open or delayed.
 *
 * A row has two numbers. `id` is the row's own, and closes it; `security_event_id` is its rule's. Apply takes the rule in
 * a field `security_event_id`, and close takes the ROW in a field of the same name.
 */
const number = z.union([z.int(), z.string().regex(/^\d+$/)]).transform(String);
const row = z.object({ id: number, security_event_id: number, status: z.string().nullish() });
const rows = z.object({ items: z.array(row) });
const macs = z.object({ items: z.array(z.object({ mac: z.string() })) });
const applied = z.object({ id: number });
const rule = z.object({ item: z.object({ actions: z.array(z.string()).nullish() }) });

export interface OpenEvent {
  row: string;
  rule: string;
}

export function parseOpenEvents(json: unknown): OpenEvent[] {
  return parsed(rows, json, 'security events of a node')
    .items.filter(({ status }) => status === 'open' || status === 'delayed')
    .map(({ id, security_event_id }) => ({ row: id, rule: security_event_id }));
}

/** The row that apply has opened, or that was open already. */
export function parseApplied(json: unknown): string {
  return parsed(applied, json, 'the answer to apply_security_event').id;
}

export function applyBody(ruleNumber: string): { security_event_id: string } {
  return { security_event_id: ruleNumber };
}

export function closeBody(rowId: string): { security_event_id: string } {
  return { security_event_id: rowId };
}

/** Actions that change what a device may do on the network; others only log or write mails. */
const CHANGES_ACCESS = ['reevaluate_access', 'role', 'unreg', 'autoreg', 'enforce_provisioning'];

export function parseRuleChangesAccess(json: unknown): boolean {
  const { actions } = parsed(rule, json, 'the rule of a security event').item;
  return (actions ?? []).some((action) => CHANGES_ACCESS.includes(action));
}

export function parseRuleActions(json: unknown): string[] {
  return parsed(rule, json, 'the rule of a security event').item.actions ?? [];
}

export function openOf(ruleNumber: string): Search {
  const equals = { security_event_id: ruleNumber, status: 'open' };
  return search(['id', 'mac', 'security_event_id', 'status'], equals, 'id ASC', 1000);
}

export function parseOpenMacs(json: unknown): string[] {
  return parsed(macs, json, 'the search of security events').items.map(({ mac }) => mac);
}
