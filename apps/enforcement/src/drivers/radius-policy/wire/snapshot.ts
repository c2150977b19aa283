import { z } from 'zod';
import { mac } from '../../fields.js';
import { decodeChecked, encodeChecked } from './checked-file.js';

/** What is assigned to one MAC, with our mark, as it is answered. */
const assignmentSchema = z.strictObject({
  mac,
  quarantineId: z.string().min(1),
  generation: z.int().min(0),
  label: z.string().regex(/^lazaret\/[0-9a-f]{12}$/),
  entries: z.array(z.string()),
  attributes: z.array(z.strictObject({ name: z.string(), value: z.union([z.string(), z.number()]) })),
  setAt: z.iso.datetime(),
});
export type Assignment = z.infer<typeof assignmentSchema>;

const snapshotSchema = z.strictObject({
  format: z.literal('lazaret radius-policy 1'),
  /** Another one if all was lost: a restart of the point. */
  born: z.uuid(),
  /** The highest fence that has written. */
  fence: z.int().min(0),
  assignments: z.array(assignmentSchema),
});

/** All that this point has assigned. */
export interface Snapshot {
  born: string;
  fence: number;
  assignments: ReadonlyMap<string, Assignment>;
}

export function encodeSnapshot({ born, fence, assignments }: Snapshot): string {
  return encodeChecked({ format: 'lazaret radius-policy 1', born, fence, assignments: [...assignments.values()] }, 1);
}

/** null: damaged. Nothing of a damaged one is used, since what is missing from it can't be known. */
export function decodeSnapshot(text: string): Snapshot | null {
  const parsed = snapshotSchema.safeParse(decodeChecked(text));
  if (!parsed.success) return null;
  const { born, fence, assignments } = parsed.data;
  const byMac = new Map(assignments.map((one) => [one.mac, one]));
  return byMac.size === assignments.length ? { born, fence, assignments: byMac } : null;
}
