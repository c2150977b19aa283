import type { DeviceChanged } from '#events';

type Named = Pick<DeviceChanged['data'], 'deviceId' | 'asset' | 'site' | 'name'>;

/** A file name that holds nothing but letters, digits, dots and hyphens, whatever the asset is called. */
export function sheetName({ deviceId, asset }: Named): string {
  return `${(asset ?? deviceId).replace(/[^A-Za-z0-9.-]/g, '_').replace(/^\.+/, '_')}.${deviceId}.undo.txt`;
}

/** The sheet: what it is for, then one command a line. */
export function sheetText(
  { deviceId, asset, site, name }: Named,
  quarantineId: string,
  commands: readonly string[],
): string {
  const head = [
    `# Undo by hand: ${asset ?? deviceId} (${oneLine(name)}), site ${site}, device ${deviceId}`,
    `# Quarantine ${quarantineId}. Run these on the switch; tell Lazaret afterwards: lazaret release ${quarantineId}`,
  ];
  return [...head, ...commands, ''].join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
