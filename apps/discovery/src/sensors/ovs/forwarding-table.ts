/** Where the switch last saw a MAC. */
export interface ForwardingEntry {
  /** OpenFlow port number. */
  ofport: number;
  vlan: number;
  mac: string;
  /** Whole seconds since a frame of it. */
  ageSeconds: number;
}

const ENTRY = /^\s*(\d{1,5})\s+(\d{1,4})\s+((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\s+(\d{1,6})\s*$/;

/**
 * The answer to `fdb/show BRIDGE` (ovs-vswitchd(8)): a heading, then `port VLAN MAC age` a line. The switch's own
 * entries say LOCAL for the port, and `static` for the age of one set by hand: neither is somebody plugged in.
 */
export function parseForwardingTable(text: string): { entries: ForwardingEntry[]; refused: number } {
  const entries: ForwardingEntry[] = [];
  let refused = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '' || /^\s*port\b/.test(line) || /\bLOCAL\b|\bstatic\b/.test(line)) continue;
    const match = ENTRY.exec(line);
    if (!match) refused += 1;
    else {
      const [, ofport, vlan, mac = '', age] = match;
      entries.push({ ofport: Number(ofport), vlan: Number(vlan), mac, ageSeconds: Number(age) });
    }
  }
  return { entries, refused };
}
