import { DriverError, type PointIsolation } from '#driver';
import type { PointFinding } from '#events';
import { MODES_BY_INTERRUPTION } from '../plan/modes.js';
import type { Point } from '../read/point.js';

/** As many flows as a modality of a large site has: a point that has no room for them has none for a real isolation. */
const TYPICAL_FLOWS = 12;

/** What can be asked of a point without changing anything there: the driver's own questions, and room for the permits. */
export async function harmless(points: Iterable<Point>): Promise<PointFinding[]> {
  const findings: PointFinding[] = [];
  for (const point of points) findings.push(...(await probe(point)), budget(point));
  return findings;
}

async function probe({ driver, facts }: Point): Promise<PointFinding[]> {
  try {
    return await driver.probe();
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    return [{ check: `${facts.id} answers`, ok: false, detail: error.message }];
  }
}

/** Compiles an isolation of typical size and compares the count with what the point takes. */
function budget({ driver, facts, profile }: Point): PointFinding {
  const check = `entry budget of ${facts.id}`;
  const mode = MODES_BY_INTERRUPTION.find((one) => profile.modes.includes(one)) ?? 'filter';
  try {
    const count = driver.compile(typical(mode, facts)).entries.length;
    const detail = `${count} entries for ${TYPICAL_FLOWS} flows, ${profile.entries} fit`;
    return { check, ok: count <= profile.entries, detail };
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    if (error.code === 'too-many-entries')
      return { check, ok: false, detail: `${TYPICAL_FLOWS} flows: ${error.message}` };
    return { check, ok: null, detail: `not told: ${error.message}` };
  }
}

function typical(mode: PointIsolation['mode'], { id, quarantineVlan, vlans }: Point['facts']): PointIsolation {
  const [home] = vlans;
  return {
    deviceNumber: 1,
    quarantineId: 'budget',
    generation: 1,
    mac: '02:00:00:00:00:01',
    address: '192.0.2.1',
    switch: id,
    port: 'budget',
    mode,
    quarantineVlan: mode === 'filter' ? null : quarantineVlan,
    homeVlan: home?.vlan ?? 1,
    alone: true,
    permits: Array.from({ length: TYPICAL_FLOWS }, (_, i) => ({
      flowId: `flow-${i}`,
      peerAddress: `198.51.100.${i + 1}`,
      transport: 'tcp',
      port: 104 + i,
      opener: i % 3 === 0 ? 'peer' : 'device',
      nextHop: home ? home.gateway : null,
    })),
  };
}
