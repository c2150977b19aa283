import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Situation } from './situation.js';
import { sheetName, sheetText } from './undo-sheet.js';

/**
 * Keeps the commands that undo an isolation by hand in a directory, for the day when neither this service nor its
 * database can be asked. Written while the isolation is still a proposal, so before the first write to the network.
 */
export class UndoSheets {
  /** `directory` null: sheets are kept in the database only. */
  constructor(private readonly directory: string | null) {}

  write(device: Situation['device'], quarantineId: string, commands: readonly string[]): void {
    if (this.directory === null || commands.length === 0) return;
    mkdirSync(this.directory, { recursive: true });
    const file = join(this.directory, sheetName(device));
    writeFileSync(`${file}.new`, sheetText(device, quarantineId, commands));
    renameSync(`${file}.new`, file);
  }
}
