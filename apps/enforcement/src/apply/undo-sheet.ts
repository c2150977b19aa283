import type { Plan } from '../plan/planned.js';

/** How to take one device's isolation away by hand, without Lazaret: written before the first write. */
export interface UndoSheet {
  deviceId: string;
  quarantineId: string;
  /** What people call the device. */
  name: string;
  commands: string[];
}

export function undoSheet(plan: Plan, name: string): UndoSheet {
  const { deviceId, quarantineId } = plan;
  return { deviceId, quarantineId, name, commands: plan.interfaces.flatMap((one) => one.undo) };
}

/** The sheet as a file that a shell runs; its first lines say what it is for. */
export function sheetText(sheet: UndoSheet, at: Date): string {
  return [
    `# Undo by hand: ${oneLine(sheet.name)}, device ${sheet.deviceId}`,
    `# Quarantine ${sheet.quarantineId}, written ${at.toISOString()}. Run these on the switch; no Lazaret is needed.`,
    `# When Lazaret is there again: lazaret release ${sheet.quarantineId} --reason "undone by hand"`,
    ...sheet.commands,
    '',
  ].join('\n');
}

/** A file name of letters, digits, dots and hyphens, whatever the device is called. */
export function sheetName(sheet: UndoSheet): string {
  const name = sheet.name.replace(/[^A-Za-z0-9.-]/g, '_').replace(/^\.+/, '_');
  return `${name}.${sheet.quarantineId}.undo.txt`;
}

/** A name comes from the inventory: it must not end its comment. */
function oneLine(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
