import { z } from 'zod';
import { exportedFlows } from '../flows/config.js';

/** NetFlow v5, v9 and IPFIX of routers, firewalls and probes, to one port. */
export const netflowFields = { kind: z.literal('netflow'), ...exportedFlows };
