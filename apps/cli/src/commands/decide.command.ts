import type { Command } from 'commander';
import { CommandError, EXIT } from '../exit-codes.js';
import type { OpenSession } from '../session.js';
import { findDevice, findQuarantine } from './find.client.js';

interface Reason {
  reason: string;
}

/** `approve`, `reject`, `release`, `hold`, `unhold`: what people decide. Each needs a reason. */
export function addDecideCommands(program: Command, open: OpenSession): void {
  decision(program, 'approve', 'approve the plan that stands now (see it first with "show")')
    .option('--plan <digest>', 'approve only if this is still the plan')
    .action(async (which: string, { reason, plan }: Reason & { plan?: string }) => {
      const session = open();
      const quarantine = await findQuarantine(session.rest, which, true);
      const planDigest = plan ?? quarantine.planDigest;
      if (!planDigest) throw new CommandError(EXIT.refused, 'There is no plan yet: enforcement has not answered.');
      const body = { planDigest, policyVersion: quarantine.policyVersion, reason };
      const result = await session.rest.call<{ given: number; needed: number; decision: string }>(
        `/v1/quarantines/${quarantine.quarantineId}/approvals`,
        { method: 'POST', body },
      );
      session.print(result, (r) => `${r.decision}: ${r.given} of ${r.needed} approvals`);
    });
  for (const [name, path, help] of [
    ['reject', 'rejections', 'reject the proposal'],
    ['release', 'releases', 'take our overlay away and nothing else'],
  ] as const) {
    decision(program, name, help).action(async (which: string, { reason }: Reason) => {
      const session = open();
      const { quarantineId } = await findQuarantine(session.rest, which, true);
      const result = await session.rest.call<{ decision: string }>(`/v1/quarantines/${quarantineId}/${path}`, {
        method: 'POST',
        body: { reason },
      });
      session.print(result, (r) => r.decision);
    });
  }
  for (const [name, method, help] of [
    ['hold', 'PUT', 'stop every write for a device but a release'],
    ['unhold', 'DELETE', 'end the hold'],
  ] as const) {
    decision(program, name, help).action(async (which: string, { reason }: Reason) => {
      const session = open();
      const { deviceId } = await findDevice(session.rest, which);
      await session.rest.call(`/v1/devices/${deviceId}/hold`, { method, body: { reason } });
      session.print({ deviceId, held: name === 'hold' }, () => (name === 'hold' ? 'held' : 'no longer held'));
    });
  }
}

function decision(program: Command, name: string, help: string): Command {
  return program
    .command(name)
    .description(help)
    .argument('<which>', "a quarantine's id, or a device's id, asset or name")
    .requiredOption('--reason <words>', 'why, for the record');
}
