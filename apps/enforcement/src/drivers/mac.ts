/** How switches and NACs write a MAC. */
export const MAC_FORMAT = {
  /** 00-11-22-AA-BB-CC: IEEE 802.1X (RFC 3580 section 3.21). */
  upperDashes: 'upper-dashes',
  /** 00-11-22-aa-bb-cc: ArubaOS-Switch. */
  lowerDashes: 'lower-dashes',
  /** 001122aabbcc: the user name of MAC authentication; Forescout and Mist. */
  plain: 'plain',
  /** 00:11:22:AA:BB:CC: Cisco ISE. */
  upperColons: 'upper-colons',
} as const;
export type MacFormat = (typeof MAC_FORMAT)[keyof typeof MAC_FORMAT];

/** `mac` is in lower case with colons, as everywhere in Lazaret. */
export function formatMac(mac: string, format: MacFormat): string {
  switch (format) {
    case 'upper-dashes':
      return mac.replaceAll(':', '-').toUpperCase();
    case 'lower-dashes':
      return mac.replaceAll(':', '-');
    case 'plain':
      return mac.replaceAll(':', '');
    case 'upper-colons':
      return mac.toUpperCase();
  }
}

const SPELLING =
  /^([0-9a-f]{2})[-:.]?([0-9a-f]{2})[-:.]?([0-9a-f]{2})[-:.]?([0-9a-f]{2})[-:.]?([0-9a-f]{2})[-:.]?([0-9a-f]{2})$/i;

/**
 * A MAC as switches and NACs spell it: `08-00-06-10-00-11`, `08:00:06:10:00:11`, `0800.0610.0011`, `0800-0610-0011`,
 * `080006-100011`, `080006100011`, in either case. In lower case with colons; null: it is none.
 */
export function macOf(text: string): string | null {
  const match = SPELLING.exec(text.trim());
  return match ? match.slice(1).join(':').toLowerCase() : null;
}
