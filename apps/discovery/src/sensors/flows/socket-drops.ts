/**
 * How many datagrams the kernel has thrown away since the socket was made, from /proc/net/udp (proc(5)): one line a
 * socket, its local address as a little-endian hexadecimal word and its port, the count in the last column. Null: no
 * such socket.
 */
export function parseSocketDrops(table: string, host: string, port: number): number | null {
  const octets = host.split('.').map(Number);
  const word = octets
    .reverse()
    .map((octet) => octet.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
  const local = `${word}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of table.split('\n')) {
    const columns = line.trim().split(/\s+/);
    if (columns[1] !== local) continue;
    const drops = Number(columns.at(-1));
    return Number.isSafeInteger(drops) ? drops : null;
  }
  return null;
}
