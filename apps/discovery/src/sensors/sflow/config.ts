import { z } from 'zod';
import { exportedFlows } from '../flows/config.js';

/** sFlow version 5: sampled frames of a switch. */
export const sflowFields = { kind: z.literal('sflow'), ...exportedFlows };
