import { z } from 'zod';
import { checkVlans, pointId, switchVlan, vlanId } from '../fields.js';

const remote = z
  .string()
  .regex(/^(tcp:(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):\d{1,5}|unix:\/\S+)$/, 'expected tcp:HOST:PORT or unix:/PATH');
const portName = z.string().regex(/^[A-Za-z][\w.-]{0,14}$/, 'expected the name of a port');

/** An Open vSwitch bridge as enforcement point. `openflow` is a remote as `ovs-ofctl` takes it. */
export const ovsPointSchema = z
  .strictObject({
    kind: z.literal('ovs'),
    id: pointId,
    ovsdb: remote,
    openflow: remote,
    bridge: portName,
    quarantineVlan: vlanId,
    vlans: z.array(switchVlan(portName)).min(1),
    /** How long one answer of the switch may take. */
    timeoutMs: z.int().min(100).max(30_000).default(2000),
  })
  .superRefine(checkVlans);

export type OvsPoint = z.infer<typeof ovsPointSchema>;
