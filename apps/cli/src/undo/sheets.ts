/** An undo sheet as it lies in the directory, and when it was written (ms). */
export interface Sheet {
  text: string;
  writtenAt: number;
}

/** What `lazaret undo --offline` found: one sheet, or the titles to choose from. */
export type Found = { ok: true; text: string } | { ok: false; reason: 'unknown' | 'ambiguous'; titles: string[] };

/**
 * The first two lines of a sheet: whom it is for, by every name that a person may know.
 *
 *     # Undo by hand: ASSET (NAME), site SITE, device ID
 *     # Quarantine ID…
 */
const TITLE = /^# Undo by hand: (?<title>.+?)(?:, site .+?)?, device (?<device>\S+)$/m;
const QUARANTINE = /^# Quarantine ([0-9a-f-]{36})/m;

/**
 * The newest sheet of the device, or the quarantine, that bears this name. Names must be the same, not alike: commands
 * that undo another device's isolation are worse than none.
 */
export function findSheet(sheets: readonly Sheet[], which: string): Found {
  const named = sheets.filter((sheet) => namesOf(sheet).includes(folded(which)));
  const devices = new Set(named.map(deviceOf));
  if (devices.size > 1) return { ok: false, reason: 'ambiguous', titles: titlesOf(named) };
  const newest = [...named].sort((a, b) => a.writtenAt - b.writtenAt).at(-1);
  return newest ? { ok: true, text: newest.text } : { ok: false, reason: 'unknown', titles: titlesOf(sheets) };
}

function namesOf(sheet: Sheet): string[] {
  const title = TITLE.exec(sheet.text)?.groups?.['title'] ?? '';
  const [, asset, name] = /^(.+) \((.+)\)$/.exec(title) ?? [];
  const quarantine = QUARANTINE.exec(sheet.text)?.[1];
  return [title, asset, name, deviceOf(sheet), quarantine].flatMap((text) => (text ? [folded(text)] : []));
}

function deviceOf({ text }: Sheet): string {
  return TITLE.exec(text)?.groups?.['device'] ?? '';
}

function titlesOf(sheets: readonly Sheet[]): string[] {
  return [...new Set(sheets.map(({ text }) => (text.split('\n')[0] ?? '').replace('# Undo by hand: ', '')))].sort();
}

/** Sheets are written in ASCII, whatever the device is called; people don't look at capitals. */
function folded(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').toLowerCase();
}
