import ipaddr from 'ipaddr.js';

/**
 * A line of dnsmasq's log with `log-queries=extra` (dnsmasq(8), src/log.c and cache.c of 2.90):
 *
 *     line  = stamp " dnsmasq[" pid "]: " serial " " address "/" port " " event
 *     event = "query[" type "] " name " from " address
 *           | source " " name " is " value              source: config, cached, reply, DHCP, /etc/hosts, …
 *           | "forwarded " name " to " server
 *           | "reply error is " word                    SERVFAIL, REFUSED, …
 *
 * The stamp has seconds and no year. The serial number ties what is said of one query together; a query with a chain
 * of aliases has several replies. A name may hold blanks: the last " is " or " from " of the line ends it.
 */
export type QueryLine =
  | { kind: 'query'; key: QueryKey; client: string; port: number; name: string; queryType: string }
  | { kind: 'reply'; key: QueryKey; answer: ReplyAnswer }
  | { kind: 'forwarded'; key: QueryKey }
  /** A line that says nothing of a query: start-up, DHCP, cache. */
  | { kind: 'other' }
  | { kind: 'refused'; reason: LineRefusal };

export type ReplyAnswer = 'answered' | 'nxdomain' | 'servfail' | 'refused';
/** Serial numbers begin anew with each process. */
export type QueryKey = string;

export const LINE_REFUSALS = { badLine: 'bad-line', badName: 'bad-name', badClient: 'bad-client' } as const;
export type LineRefusal = (typeof LINE_REFUSALS)[keyof typeof LINE_REFUSALS];

const HEAD = /^[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} dnsmasq(-[a-z]+)?\[(\d{1,10})\]: /;
const EXTRA = /^(\d{1,10}) ([0-9a-fA-F.:]{2,45})\/(\d{1,5}) (.*)$/;
const QUERY = /^query\[([^\]]{1,16})\] (.*) from [0-9a-fA-F.:]{2,45}$/;

export function parseQueryLine(line: string): QueryLine {
  const head = HEAD.exec(line);
  if (!head) return { kind: 'refused', reason: LINE_REFUSALS.badLine };
  const extra = EXTRA.exec(line.slice(head[0].length));
  if (!extra) return { kind: 'other' };
  const [, serial = '', client = '', portText = '', event = ''] = extra;
  const port = Number(portText);
  if (!ipaddr.isValid(client) || port > 65_535) return { kind: 'refused', reason: LINE_REFUSALS.badClient };
  const key = `${head[2]}/${serial}`;
  const query = QUERY.exec(event);
  if (query) return queryOf(key, addressText(client), port, query[1] ?? '', query[2] ?? '');
  if (event.startsWith('forwarded ')) return { kind: 'forwarded', key };
  const value = / is (?!.* is )(.+)$/.exec(event)?.[1];
  if (value !== undefined) return { kind: 'reply', key, answer: answerOf(value) };
  return { kind: 'other' };
}

function queryOf(key: QueryKey, client: string, port: number, queryType: string, name: string): QueryLine {
  // dnsmasq writes what the client sent, with octets that are not printable replaced: such a text is no name.
  const plain = name.toLowerCase().replace(/\.$/, '');
  if (!isName(plain)) return { kind: 'refused', reason: LINE_REFUSALS.badName };
  return { kind: 'query', key, client, port, name: plain, queryType };
}

/** A name as it can be looked up: labels of 1 to 63 printable octets without blanks (RFC 1035 section 2.3.4, RFC 2181 section 11). */
export function isName(name: string): boolean {
  if (name.length === 0 || name.length > 253) return false;
  return name.split('.').every((label) => /^[\x21-\x7e]{1,63}$/.test(label));
}

function answerOf(value: string): ReplyAnswer {
  if (value.startsWith('NXDOMAIN')) return 'nxdomain';
  if (value.startsWith('SERVFAIL')) return 'servfail';
  if (value.startsWith('REFUSED')) return 'refused';
  // NODATA too: the name exists.
  return 'answered';
}

export function addressText(address: string): string {
  const parsed = ipaddr.parse(address);
  return parsed.kind() === 'ipv6' ? (parsed as ipaddr.IPv6).toRFC5952String() : parsed.toString();
}

/** The line's stamp as milliseconds, in the local time zone as dnsmasq writes it; the year is the one nearest to `now`. */
export function stampOf(line: string, now: number): number | null {
  const parts = /^([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) /.exec(line);
  if (!parts) return null;
  const month = MONTHS.indexOf(parts[1] ?? '');
  if (month < 0) return null;
  const [day, hour, minute, second] = parts.slice(2).map(Number) as [number, number, number, number];
  const year = new Date(now).getFullYear();
  const guesses = [year - 1, year, year + 1].map((y) => new Date(y, month, day, hour, minute, second).getTime());
  return guesses.reduce((best, guess) => (Math.abs(guess - now) < Math.abs(best - now) ? guess : best));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
