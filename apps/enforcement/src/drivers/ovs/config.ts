import { z } from 'zod';

const remote = z
  .string()
  .regex(/^(tcp:(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):\d{1,5}|unix:\/\S+)$/, 'expected tcp:HOST:PORT or unix:/PATH');
const vlanId = z.int().min(1).max(4094);
const portName = z.string().regex(/^[A-Za-z][\w.-]{0,14}$/, 'expected the name of a port');
const mac = z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/, 'expected a MAC in lower case with colons');

/** A VLAN of the point, and how its devices leave it: the gateway's address, its MAC, the port that it is behind. */
const vlan = z.strictObject({
  vlan: vlanId,
  subnet: z.cidrv4(),
  gateway: z.strictObject({ address: z.ipv4(), mac, port: portName }),
});

/** An Open vSwitch bridge as enforcement point. `openflow` is a remote as `ovs-ofctl` takes it. */
export const ovsPointSchema = z
  .strictObject({
    kind: z.literal('ovs'),
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected lower case letters, digits and hyphens'),
    ovsdb: remote,
    openflow: remote,
    bridge: portName,
    quarantineVlan: vlanId,
    vlans: z.array(vlan).min(1),
    /** How long one answer of the switch may take. */
    timeoutMs: z.int().min(100).max(30_000).default(2000),
  })
  .superRefine(({ vlans, quarantineVlan }, context) => {
    const seen = new Set<number>();
    vlans.forEach(({ vlan: number }, index) => {
      const path = ['vlans', index, 'vlan'];
      if (number === quarantineVlan) context.addIssue({ code: 'custom', path, message: 'this is the quarantine VLAN' });
      if (seen.has(number)) context.addIssue({ code: 'custom', path, message: 'this VLAN is named twice' });
      seen.add(number);
    });
  });

export type OvsPoint = z.infer<typeof ovsPointSchema>;
