/** One line of a Zeek log: the value by the field's name, null where the log says "unset". */
export type Row = ReadonlyMap<string, string | null>;

export interface ZeekLog {
  /** Without any label column. */
  rows: Row[];
  /** The label of each row, by its place in `rows`; empty where the log has none. */
  labels: string[];
}

/** Columns that the makers of a data set have added. */
const LABELS = new Set(['label', 'detailedlabel', 'detailed-label', 'detailed_label']);
/** Some makers have put three spaces before the columns that they added. */
const COLUMNS = /\t| {3}/;
const UNSET = new Set(['-', '(empty)', '']);

/**
 * A Zeek log as TSV (a header line `#fields`, then columns between tabs) or as JSON lines. Lines that can't be read are
 * left out and counted by the caller's row count.
 */
export function readZeekLog(text: string): ZeekLog {
  const log: ZeekLog = { rows: [], labels: [] };
  let fields: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#fields')) fields = line.trimEnd().split(COLUMNS).slice(1);
    if (line === '' || line.startsWith('#')) continue;
    const row = line.startsWith('{') ? jsonRow(line) : tabbedRow(line, fields);
    if (!row) continue;
    log.labels.push(row.get('label') ?? '');
    for (const column of LABELS) row.delete(column);
    log.rows.push(row);
  }
  return log;
}

function tabbedRow(line: string, fields: readonly string[]): Map<string, string | null> | undefined {
  const tabbed = line.split('\t');
  const values = tabbed.length < fields.length ? line.split(COLUMNS) : tabbed;
  if (values.length < fields.length || fields.length === 0) return undefined;
  return new Map(fields.map((field, i) => [field, UNSET.has(values[i] as string) ? null : (values[i] as string)]));
}

function jsonRow(line: string): Map<string, string | null> | undefined {
  try {
    const parsed = JSON.parse(line) as Record<string, unknown>;
    return new Map(Object.entries(parsed).map(([field, value]) => [field, asText(value)]));
  } catch {
    return undefined;
  }
}

function asText(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
