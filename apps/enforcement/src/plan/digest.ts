import { createHash } from 'node:crypto';
import { canonical } from './canonical.js';
import type { Plan } from './planned.js';

/**
 * What an approval is bound to: `sha256:` and the SHA-256 of RFC 8785 JSON of device, interfaces (MAC, point, port, mode,
 * entries, interruption), permits and cut flows. No time and no generation, so that planning again tomorrow gives the
 * same digest for the same plan.
 */
export function planDigest(plan: Omit<Plan, 'digest'>): string {
  return `sha256:${createHash('sha256').update(planText(plan)).digest('hex')}`;
}

/** RFC 8785 text of the approved part of a plan; kept beside its digest. */
export function planText(plan: Omit<Plan, 'digest'>): string {
  return canonical({
    deviceId: plan.deviceId,
    interfaces: plan.interfaces
      .map(({ mac, pointId, port, mode, entries, interruptionMs }) => ({
        mac,
        pointId,
        port,
        mode,
        entries: entries.length,
        interruptionMs,
      }))
      .sort((a, b) => order(a.mac, b.mac)),
    permits: plan.kept
      .map(({ permit }) => ({
        flowId: permit.flowId,
        service: permit.service,
        deviceAddress: permit.deviceAddress,
        peerAddress: permit.peerAddress,
        transport: permit.transport,
        port: permit.port,
        opener: permit.opener,
        required: permit.required,
      }))
      .sort((a, b) => order(a.flowId, b.flowId)),
    cut: [...plan.cut].sort(order),
  });
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
