import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Logger } from '#observability';
import type { Situation } from './situation.js';
import { sheetName, sheetText } from './undo-sheet.js';

/**
 * Keeps the commands that undo an isolation by hand in a directory, for the day when neither this service nor its
 * database can be asked. Written while the isolation is still a proposal, so before the first write to the network.
 */
export class UndoSheets {
  /** `directory` null: sheets are kept in the database only. */
  constructor(
    private readonly directory: string | null,
    private readonly logger: Logger,
  ) {}

  write(device: Situation['device'], quarantineId: string, commands: readonly string[]): void {
    if (this.directory === null || commands.length === 0) return;
    try {
      this.replace(join(this.directory, sheetName(device)), sheetText(device, quarantineId, commands));
    } catch (error) {
      // The same commands are in the database and with enforcement: a full disk must not keep a worm in the ward.
      this.logger.error({ err: error, quarantineId }, 'undo sheet not written');
    }
  }

  private replace(file: string, text: string): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }
}
