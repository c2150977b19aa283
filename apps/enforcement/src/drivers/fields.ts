import { z } from 'zod';

/** A point, or a switch as discovery names it. */
export const pointId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected lower case letters, digits and hyphens');
export const vlanId = z.int().min(1).max(4094);
export const mac = z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/, 'expected a MAC in lower case with colons');
export const ipAddress = z.union([z.ipv4(), z.ipv6()]);
/** Of TCP or UDP. */
export const transportPort = z.int().min(1).max(65_535);
/** It needs no escaping in a shell. */
export const filePath = z.string().regex(/^\/[\w./@+-]+$/, 'expected the absolute path of a file');

/** What somebody has set up to stay open, whatever we send. */
export const fixedPermitSchema = z.strictObject({
  peerAddress: ipAddress,
  transport: z.enum(['tcp', 'udp']),
  port: transportPort,
  opener: z.enum(['device', 'peer']),
});

/** A VLAN of a switch, and how its devices leave it: the gateway's address, its MAC, the port that it is behind. */
export function switchVlan(portName: z.ZodString) {
  return z.strictObject({
    vlan: vlanId,
    subnet: z.cidrv4(),
    gateway: z.strictObject({ address: z.ipv4(), mac, port: portName }),
  });
}

/** Each VLAN is named once, and the quarantine VLAN is none of them. */
export function checkVlans(
  { vlans, quarantineVlan }: { vlans: readonly { vlan: number }[]; quarantineVlan: number },
  context: z.RefinementCtx,
): void {
  const seen = new Set<number>();
  vlans.forEach(({ vlan }, index) => {
    const path = ['vlans', index, 'vlan'];
    if (vlan === quarantineVlan) context.addIssue({ code: 'custom', path, message: 'this is the quarantine VLAN' });
    if (seen.has(vlan)) context.addIssue({ code: 'custom', path, message: 'this VLAN is named twice' });
    seen.add(vlan);
  });
}
