import { parseArgs } from 'node:util';
import { createLogger } from '#observability';
import { ProbeAgent } from './probe-agent.client.js';

/** `node agent.command.js --socket PATH --only ADDRESS …`: a probe agent, until it is told to end. */
async function main(): Promise<void> {
  const logger = createLogger('probe-agent');
  const options = { socket: { type: 'string' }, only: { type: 'string', multiple: true } } as const;
  const { values } = parseArgs({ options });
  if (!values.socket || !values.only?.length)
    throw new Error('--socket PATH and at least one --only ADDRESS are needed');
  const agent = await ProbeAgent.listen({ socket: values.socket, only: values.only });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void agent.close().then(() => process.exit(0)));
  }
  logger.info({ only: values.only }, 'ready');
}

main().catch((error: unknown) => {
  process.stderr.write(`probe agent: ${error instanceof Error ? error.message : 'failed'}\n`);
  process.exit(1);
});
