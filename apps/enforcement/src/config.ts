import { networkInterfaces } from 'node:os';
import { z } from 'zod';
import { loadConfig, type Connections } from '#config';
import { testPortsSchema } from './drill/test-port.js';
import { mac } from './drivers/fields.js';
import { pointSchema } from './drivers/point.js';

/** Enforcement's own file: what it may write to, and what it never does, whoever asks. */
const file = z.strictObject({
  points: z.array(pointSchema).superRefine((points, context) => {
    points.forEach(({ id }, index) => {
      if (points.findIndex((other) => other.id === id) === index) return;
      context.addIssue({ code: 'custom', path: [index, 'id'], message: 'this id is used twice' });
    });
  }),
  interlocks: z.strictObject({
    protectedMacs: z.array(mac).default([]),
    infrastructureMacs: z.array(mac).default([]),
    /** Isolations that each point may begin in an hour. */
    isolationsAnHour: z.int().min(0),
  }),
  /** Ports and test devices that a drill may isolate. Nobody else can name any. */
  drills: testPortsSchema.default([]),
  /** Where the commands to undo an isolation by hand are written before the first write. */
  undoDirectory: z.string().min(1),
});
export const enforcementSchema = file.superRefine(({ points, drills }, context) => {
  drills.forEach(({ point }, index) => {
    if (points.some(({ id }) => id === point)) return;
    context.addIssue({ code: 'custom', path: ['drills', index, 'point'], message: 'no point has this id' });
  });
});
export type EnforcementConfig = z.output<typeof enforcementSchema> & Connections;

/** Reads the configuration. This machine's own MACs are infrastructure: it must never isolate itself. */
export function readConfig(): EnforcementConfig {
  const config = loadConfig(enforcementSchema);
  const own = Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map((one) => one.mac));
  const macs = new Set([...config.interlocks.infrastructureMacs, ...own.filter((one) => one !== '00:00:00:00:00:00')]);
  return { ...config, interlocks: { ...config.interlocks, infrastructureMacs: [...macs] } };
}
