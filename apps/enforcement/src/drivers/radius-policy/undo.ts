import type { PointIsolation } from '#driver';
import type { RadiusPolicyPoint } from './config.js';

/** Where people list the devices that they keep for themselves. */
export function handsFileOf({ handsFile, snapshotFile }: RadiusPolicyPoint): string {
  return handsFile ?? `${snapshotFile}.hands`;
}

/**
 * The commands by which a person takes a device back, whether Lazaret runs or not: it goes onto the list where Lazaret
 * runs and onto that of each RADIUS server. Both are asked first. The device's next authentication is then as configured
 * without Lazaret; taking it off the lists gives it back to Lazaret.
 */
export function undoCommands(point: RadiusPolicyPoint, { mac }: PointIsolation): string[] {
  const { handsFile, radmin } = point.freeradius;
  const own = handsFileOf(point);
  return [
    ...(own === handsFile ? [] : [`# where Lazaret runs:`, listed(mac, own)]),
    '# at each RADIUS server, then let the device connect again:',
    listed(mac, handsFile),
    `${radmin} -e 'hup lazaret_hands'`,
  ];
}

function listed(mac: string, file: string): string {
  return `grep -qsxF '${mac}' ${file} || echo '${mac}' >> ${file}`;
}
