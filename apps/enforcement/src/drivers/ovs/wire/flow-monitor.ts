/**
 * A line of `ovs-ofctl monitor … watch:`, a text that may hold several and begin or end within one:
 *
 *     " event=DELETED reason=delete table=0 cookie=0x4c5a000000010002 udp,in_port=110,… actions=NORMAL"
 *
 * True if one of them tells of a flow of ours. Cookies are written without leading zeros; ours has none.
 */
export function mentionsOurs(text: string): boolean {
  return /event=(ADDED|DELETED|MODIFIED)[^\n]* cookie=0x4c5a[0-9a-f]{12}\b/.test(text);
}
