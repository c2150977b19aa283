import type { Command } from 'commander';
import { columns } from '../output.js';
import type { OpenSession } from '../session.js';

interface Webhook {
  name: string;
  state: string;
  receiver: string | null;
  pending: number;
  dead: number;
  deadDeliveries: { eventId: string; type: string; subject: string; time: string; failure: string }[];
  delivered: number;
  lastSuccessAt: string | null;
  lastFailure: string | null;
}

/** `webhooks` and `webhooks retry`: what receivers have taken, and what was given up. */
export function addWebhookCommands(program: Command, open: OpenSession): void {
  const webhooks = program.command('webhooks').description('receivers of webhooks, and what they have not taken');
  webhooks.action(async () => {
    const session = open();
    const { items } = await session.rest.call<{ items: Webhook[] }>('/v1/webhooks');
    session.print(items, webhookText);
  });
  webhooks
    .command('retry')
    .description('try again what was given up')
    .argument('<name>', "the webhook's name")
    .action(async (name: string) => {
      const session = open();
      const path = `/v1/webhooks/${encodeURIComponent(name)}/retries`;
      const result = await session.rest.call<{ retried: number }>(path, { method: 'POST' });
      session.print(result, ({ retried }) => `${retried} to be tried again`);
    });
}

function webhookText(items: Webhook[]): string {
  const rows = items.map((w) => [
    w.name,
    w.state,
    w.receiver,
    w.delivered,
    w.pending,
    w.dead,
    w.lastSuccessAt,
    w.state === 'failing' ? w.lastFailure : null,
  ]);
  const head = ['WEBHOOK', 'STATE', 'RECEIVER', 'DELIVERED', 'PENDING', 'GIVEN UP', 'LAST TAKEN', 'FAILURE'];
  const dead = items.flatMap(({ name, deadDeliveries }) =>
    deadDeliveries.map((d) => [name, d.time, d.type, d.subject, d.eventId, d.failure]),
  );
  const lines = [columns(head, rows)];
  if (dead.length > 0) lines.push(columns(['GIVEN UP', 'TIME', 'TYPE', 'DEVICE', 'EVENT', 'FAILURE'], dead));
  return lines.join('\n\n');
}
