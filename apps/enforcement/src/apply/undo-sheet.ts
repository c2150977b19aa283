import type { Plan } from '../plan/plan.js';

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

/** The sheet as a file that a shell runs: comments, then the commands. */
export function sheetText(sheet: UndoSheet, at: Date): string {
  return [
    '#!/bin/sh',
    `# Lazaret: undo the isolation of ${oneLine(sheet.name)} by hand.`,
    `# device ${sheet.deviceId}, quarantine ${sheet.quarantineId}, written ${at.toISOString()}`,
    ...sheet.commands,
    '',
  ].join('\n');
}

/** A name comes from the inventory: it must not end its comment. */
function oneLine(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
