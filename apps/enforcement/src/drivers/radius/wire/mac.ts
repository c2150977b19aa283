/** How switches write a MAC. */
export const MAC_FORMAT = {
  /** 00-11-22-AA-BB-CC: IEEE 802.1X (RFC 3580 section 3.21). */
  upperDashes: 'upper-dashes',
  /** 00-11-22-aa-bb-cc: ArubaOS-Switch. */
  lowerDashes: 'lower-dashes',
  /** 001122aabbcc: the user name of MAC authentication. */
  plain: 'plain',
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
  }
}
