/**
 * A Zeek log as its ASCII writer writes it (docs.zeek.org, Log Files and the source's formatters/Ascii.cc):
 *
 *     TSV    "#separator " escaped                  \x09 unless said
 *            "#set_separator" sep text              between the members of a set or vector
 *            "#empty_field" sep text                a set without members, or a text without characters
 *            "#unset_field" sep text                a value that is not there
 *            "#path" sep name | "#open" … | "#types" …
 *            "#fields" sep name *(sep name)
 *            value *(sep value)                     a line; octets that would disturb are written \xHH
 *            "#close" …
 *     JSON   one object a line, values that are not there left out; "_path" names the log where it is streamed
 *
 * Columns are found by name, so that any may be missing or added; those with labels are never asked for.
 */
export interface Fields {
  /** A value's text, unescaped; undefined if it is not there. */
  text(name: string): string | undefined;
  /** The members of a set or vector. */
  list(name: string): string[];
}

export type Row =
  | { kind: 'row'; path: string | null; fields: Fields }
  | { kind: 'header' }
  | { kind: 'refused'; reason: 'bad-line' | 'no-header' | 'wrong-columns' };

interface Header {
  separator: string;
  setSeparator: string;
  empty: string;
  unset: string;
  path: string | null;
  columns: ReadonlyMap<string, number> | null;
}

const UNKNOWN: Header = { separator: '\t', setSeparator: ',', empty: '(empty)', unset: '-', path: null, columns: null };
const MAX_COLUMNS = 1000;

/** Reads one file's lines in order: a TSV line means what the header before it says. */
export class LogFormat {
  private header = UNKNOWN;

  take(line: string): Row {
    if (line.startsWith('#')) {
      this.header = afterHeader(this.header, line);
      return { kind: 'header' };
    }
    return line.startsWith('{') ? jsonRow(line) : tsvRow(line, this.header);
  }
}

function afterHeader(header: Header, line: string): Header {
  if (line.startsWith('#separator ')) {
    const separator = unescaped(line.slice('#separator '.length));
    // A new header: nothing of the old one holds.
    return separator === '' ? UNKNOWN : { ...UNKNOWN, separator };
  }
  const [name = '', ...values] = line.slice(1).split(header.separator);
  switch (name) {
    case 'set_separator':
      return { ...header, setSeparator: values[0] || ',' };
    case 'empty_field':
      return { ...header, empty: values[0] ?? header.empty };
    case 'unset_field':
      return { ...header, unset: values[0] ?? header.unset };
    case 'path':
      return { ...header, path: values[0] ?? null };
    case 'fields':
      return { ...header, columns: new Map(values.slice(0, MAX_COLUMNS).map((column, index) => [column, index])) };
    default:
      return header;
  }
}

function tsvRow(line: string, header: Header): Row {
  const { columns, path } = header;
  if (!columns) return { kind: 'refused', reason: 'no-header' };
  const values = line.split(header.separator);
  if (values.length !== columns.size) return { kind: 'refused', reason: 'wrong-columns' };
  const raw = (name: string): string | undefined => {
    const value = values[columns.get(name) ?? -1];
    return value === header.unset ? undefined : value;
  };
  const text = (name: string): string | undefined => {
    const value = raw(name);
    if (value === undefined) return undefined;
    return value === header.empty ? '' : unescaped(value);
  };
  const list = (name: string): string[] => {
    const value = raw(name);
    return value === undefined || value === header.empty ? [] : value.split(header.setSeparator).map(unescaped);
  };
  return { kind: 'row', path, fields: { text, list } };
}

function jsonRow(line: string): Row {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { kind: 'refused', reason: 'bad-line' };
  }
  const object = parsed as Readonly<Record<string, unknown>>;
  const value = (name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);
  const text = (name: string): string | undefined => scalar(value(name));
  const list = (name: string): string[] => {
    const found = value(name);
    return Array.isArray(found) ? found.flatMap((one: unknown) => scalar(one) ?? []) : [];
  };
  return { kind: 'row', path: text('_path') ?? null, fields: { text, list } };
}

function scalar(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function unescaped(text: string): string {
  if (!text.includes('\\x')) return text;
  return text.replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
