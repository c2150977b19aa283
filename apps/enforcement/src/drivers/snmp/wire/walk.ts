/**
 * What an SNMP variable holds: a number for INTEGER, Counter32, Gauge32 and TimeTicks; octets for OCTET STRING and
 * Counter64; text for OBJECT IDENTIFIER and IpAddress (RFC 2578 section 7.1).
 */
export type SnmpValue = number | Buffer | string;

export interface Variable {
  /** Dotted, without a leading dot. */
  oid: string;
  value: SnmpValue;
}

/** A cell of a table's column; `index` is what follows the column's OID. */
export interface Cell {
  index: number[];
  value: SnmpValue;
}

/** Variables of one switch, read at about the same time, asked by column. */
export class Walk {
  private readonly values = new Map<string, SnmpValue>();
  private readonly columns = new Map<string, Cell[]>();

  constructor(variables: Iterable<Variable>) {
    for (const { oid, value } of variables) this.values.set(oid, value);
  }

  get(oid: string): SnmpValue | undefined {
    return this.values.get(oid);
  }

  number(oid: string): number | null {
    return asNumber(this.values.get(oid));
  }

  /** The cells of a column in the order that the switch gave them. */
  column(oid: string): readonly Cell[] {
    const known = this.columns.get(oid);
    if (known) return known;
    const prefix = `${oid}.`;
    const cells = [...this.values].flatMap(([key, value]) =>
      key.startsWith(prefix) ? [{ index: key.slice(prefix.length).split('.').map(Number), value }] : [],
    );
    this.columns.set(oid, cells);
    return cells;
  }

  /** The cells of one row of a table, by the OIDs of its columns. */
  row(index: readonly number[]): (column: string) => SnmpValue | undefined {
    return (column) => this.values.get(`${column}.${index.join('.')}`);
  }

  /** A column of one number as index, such as a port's. */
  byIndex(oid: string): Map<number, SnmpValue> {
    return new Map(this.column(oid).flatMap(({ index, value }) => (index.length === 1 ? [[index[0]!, value]] : [])));
  }
}

export function asNumber(value: SnmpValue | undefined): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

/** Text of an OCTET STRING, without the zero octets that some agents end it with; empty where there is none. */
export function asText(value: SnmpValue | undefined): string {
  if (value === undefined || typeof value === 'number') return '';
  const text = typeof value === 'string' ? value : value.toString('utf8');
  return text.replace(/\u0000+$/, '').trim();
}

export function asOctets(value: SnmpValue | undefined): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

/** Six octets as `00:16:3e:00:00:01`; null for any other number of octets, and for the MAC that means none. */
export function asMac(octets: Uint8Array | readonly number[]): string | null {
  if (octets.length !== 6) return null;
  const hex = Array.from(octets, (octet) => octet.toString(16).padStart(2, '0'));
  if (hex.some((pair) => pair.length !== 2) || hex.every((pair) => pair === '00')) return null;
  return hex.join(':');
}
