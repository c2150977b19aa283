import { z } from 'zod';
import type { Plan } from './planned.js';

/** What of an approved plan limits the one that is applied: the text that its digest was made of. */
const approvedPlan = z.object({
  interfaces: z.array(z.object({ mac: z.string(), pointId: z.string(), port: z.string(), interruptionMs: z.number() })),
  cut: z.array(z.string()),
});
export type ApprovedPlan = z.infer<typeof approvedPlan>;

/** Reads a kept plan's text. */
export function approvedFrom(text: string): ApprovedPlan {
  return approvedPlan.parse(JSON.parse(text));
}

/**
 * Why a plan is not covered by what was approved; null: it is. The first application may not touch another port or MAC
 * either; once applied, the isolation follows the device.
 */
export function beyondApproval(plan: Plan, approved: ApprovedPlan | null, firstApplication: boolean): string | null {
  if (!approved) return 'no approved plan is known';
  const more = plan.cut.filter((flow) => !approved.cut.includes(flow));
  if (more.length > 0) return `cuts more: ${more.join(', ')}`;
  const longest = Math.max(0, ...approved.interfaces.map((one) => one.interruptionMs));
  if (plan.interruptionMs > longest) return `interrupts longer: ${plan.interruptionMs} ms`;
  if (!firstApplication) return null;
  const touched = plan.interfaces.find((one) => !approved.interfaces.some((other) => samePlace(one, other)));
  return touched ? `touches another port or MAC: ${touched.mac} at ${touched.pointId} ${touched.port}` : null;
}

function samePlace(a: ApprovedPlan['interfaces'][number], b: ApprovedPlan['interfaces'][number]): boolean {
  return a.mac === b.mac && a.pointId === b.pointId && a.port === b.port;
}
