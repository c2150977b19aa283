import { DriverError, type ProbeFinding } from '#driver';
import type { SnmpPoint } from './config.js';
import { findModel } from './models.js';
import { buildPortTable } from './port-table.js';
import type { Walk } from './wire/walk.js';

type Walks = Parameters<typeof buildPortTable>;

/** What a switch needs for an isolation, asked by reading only. */
export async function probeSwitch(point: SnmpPoint, walks: () => Promise<Walks>): Promise<ProbeFinding[]> {
  const read = await walks().catch((error: unknown) => {
    if (error instanceof DriverError) return error;
    throw error;
  });
  const { host, port } = point.connection;
  if (read instanceof DriverError) return [{ check: 'answers by SNMP', ok: false, detail: read.message }];
  const table = buildPortTable(...read);
  return [
    { check: 'answers by SNMP', ok: true, detail: `${host}:${port} lists ${table.ports.length} interfaces` },
    modelFinding(point, read[0]),
    vlanFinding(point, table.vlans),
    {
      check: 'devices on its ports',
      ok: table.ports.some(({ macs }) => macs !== null && macs.length > 0),
      detail: table.ports.some(({ macs }) => macs !== null && macs.length > 0)
        ? 'it tells which devices are on which port'
        : 'it does not tell which devices are on its ports, so none is moved: does the view, or the context vlan-N, allow it?',
    },
    {
      check: 'writing is allowed',
      ok: null,
      detail: 'nobody knows without writing: only a drill on a test port shows it',
    },
  ];
}

function modelFinding({ model, bitOrder }: SnmpPoint, walk: Walk): ProbeFinding {
  const found = findModel(walk);
  const fits = found.model === model && (model !== 'qbridge' || found.bitOrder === bitOrder);
  const looks = found.model
    ? `${found.model}${found.model === 'qbridge' ? `, bit order ${found.bitOrder}` : ''}`
    : 'none of the models';
  const isPossible = fits || (model === 'qbridge-pvid-only' && found.model === 'qbridge');
  return {
    check: 'model and bit order',
    ok: isPossible,
    detail: isPossible
      ? found.words
      : `configured is ${model}, bit order ${bitOrder}; it looks like ${looks}: ${found.words}`,
  };
}

function vlanFinding({ quarantineVlan }: SnmpPoint, vlans: ReadonlySet<number>): ProbeFinding {
  const exists = vlans.has(quarantineVlan);
  return {
    check: `quarantine VLAN ${quarantineVlan}`,
    ok: exists,
    detail: exists ? 'exists on this switch' : 'does not exist on this switch: create it, and carry it to its gateway',
  };
}
