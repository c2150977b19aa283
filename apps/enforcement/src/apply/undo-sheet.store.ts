import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { sheetName, sheetText, type UndoSheet } from './undo-sheet.js';

/** Keeps a sheet in the database and as a file, for the day when neither can be asked. Replaced as a whole, never half written. */
export async function keepUndoSheet(
  dataSource: DataSource,
  directory: string,
  sheet: UndoSheet,
  now: Date,
): Promise<void> {
  const text = sheetText(sheet, now);
  await dataSource.query(
    `INSERT INTO undo_sheets (quarantine_id, device_id, body, written_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (quarantine_id) DO UPDATE SET body = EXCLUDED.body, written_at = EXCLUDED.written_at`,
    [sheet.quarantineId, sheet.deviceId, text, now],
  );
  await mkdir(directory, { recursive: true });
  const file = join(directory, sheetName(sheet));
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
