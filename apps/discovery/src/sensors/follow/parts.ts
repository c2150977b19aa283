import ipaddr from 'ipaddr.js';
import { addressText } from '../dnsmasq/query-line.js';

// Parts that the lines of several sensors have. Each returns undefined for what is none.

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);

/** RFC 5952 text. An IPv4 address has four parts in decimal, as both products write it. */
export function addressOf(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 45) return undefined;
  if (IPV4.test(text)) return text;
  return /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(text) && ipaddr.isValid(text) ? addressText(text) : undefined;
}

export function portOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}

/** Six octets in hex, with `:` or `-`; lower case with colons. */
export function macOf(text: string | undefined): string | undefined {
  if (text === undefined || !/^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$/.test(text)) return undefined;
  return text.toLowerCase().replaceAll('-', ':');
}

/** A whole number that can be counted with. */
export function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const EARLIEST = Date.UTC(1990, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

/** A time that can be one. Milliseconds since 1970, whole. */
export function plausible(at: number): number | undefined {
  return at >= EARLIEST && at < LATEST ? Math.round(at) : undefined;
}

const STAMP = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)$/;

/** An ISO 8601 stamp whose zone has its colon or not, to the millisecond. */
export function stampOf(text: string | undefined): number | undefined {
  const parts = text === undefined ? null : STAMP.exec(text);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
  const milliseconds = Number((parts[7] ?? '0').padEnd(3, '0').slice(0, 3));
  const zone = parts[8] ?? 'Z';
  const at = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
  return plausible(at - (zone === 'Z' ? 0 : zoneOf(zone)));
}

function zoneOf(zone: string): number {
  const digits = zone.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
