import { z } from 'zod';
import { loadConfig } from '#config';
import { webhookSubscriptions } from './notify/webhooks/subscription.js';

/** The orchestrator's YAML file. Connections come from the environment (see #config). */
export const orchestratorConfig = z.strictObject({
  http: z.strictObject({ host: z.string().default('127.0.0.1'), port: z.int().min(0).max(65535) }),
  /** Where people reach the page and the API: links in notices begin with it. */
  publicUrl: z.url({ protocol: /^https?$/ }),
  site: z.string().min(1).max(64),
  /** The policy (YAML, policy/policy.ts); without it the service observes and proposes. */
  policyFile: z.string().min(1).nullable().default(null),
  /** Where undo sheets are kept as files, beside the database. */
  undoDirectory: z.string().min(1).nullable().default(null),
  /** Who is told what happens to quarantines (docs/automation.md). */
  webhooks: webhookSubscriptions,
});

export type OrchestratorConfig = ReturnType<typeof loadOrchestratorConfig>;

/** Throws a ConfigError that names every problem. */
export function loadOrchestratorConfig() {
  return loadConfig(orchestratorConfig);
}
