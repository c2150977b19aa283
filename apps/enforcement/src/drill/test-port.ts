import { z } from 'zod';
import type { WantedDrill } from '#events';
import { mac } from '../drivers/fields.js';

const tcpPort = z.int().min(1).max(65_535);
const ipv6 = z.ipv6().nullable().default(null);

/**
 * A port and a device that a drill may isolate. Only enforcement's own file names them, so that nobody who may only speak
 * to the orchestrator drills on a patient's scanner. The device is any host that answers TCP: a refusal (RST) is an answer.
 */
export const testPortSchema = z.strictObject({
  /** The point that is drilled. */
  point: z.string().min(1).max(64),
  /** The switch that the port is of; a switch's own point has its id. */
  switch: z.string().min(1).max(64).nullable().default(null),
  port: z.string().min(1).max(64),
  mac,
  address: z.ipv4(),
  /** Without it nothing is said about IPv6. */
  address6: ipv6,
  /** The VLAN that the port has without us, where neither the point nor discovery tells. */
  vlan: z.int().min(1).max(4094).nullable().default(null),
  probe: z.strictObject({
    /** Whence Lazaret's probes come: the peer of the drill's permits. */
    address: z.ipv4(),
    address6: ipv6,
    /** The socket of a probe agent that runs there; null: this machine has the address itself. */
    agent: z
      .string()
      .regex(/^unix:\/\S+$/, 'expected unix:/PATH')
      .nullable()
      .default(null),
  }),
  /** The test device's TCP ports that are probed: one that the drill's permit keeps open, one that it does not. */
  ports: z.strictObject({ permitted: tcpPort, other: tcpPort }).default({ permitted: 50_104, other: 50_445 }),
});
type Declared = z.output<typeof testPortSchema>;
export type TestPort = Omit<Declared, 'switch'> & { switch: string };

export const testPortsSchema = z.array(testPortSchema).superRefine((ports, context) => {
  ports.forEach(({ ports: { permitted, other } }, index) => {
    if (permitted !== other) return;
    const message = 'the ports that are kept open and not must differ';
    context.addIssue({ code: 'custom', path: [index, 'ports'], message });
  });
});

export function testPorts(declared: readonly Declared[]): TestPort[] {
  return declared.map((one) => ({ ...one, switch: one.switch ?? one.point }));
}

export type Chosen = { ok: true; testPort: TestPort | null } | { ok: false; reason: string };

/** The test port that a request names; none named: only the harmless part. A refusal in words if it is not allowed. */
export function choose({ pointId, port, mac: device }: WantedDrill['data'], allowed: readonly TestPort[]): Chosen {
  if (port === null && device === null) return { ok: true, testPort: null };
  const testPort = allowed.find((one) => one.point === pointId && one.port === port && one.mac === device);
  if (testPort) return { ok: true, testPort };
  return { ok: false, reason: `enforcement's own file names no test device ${device} at port ${port} of ${pointId}` };
}
