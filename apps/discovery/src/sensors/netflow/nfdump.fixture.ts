import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';

/** A flow as `nfdump -o json` prints it; fields that its exporter did not tell are missing or zero. */
export interface NfdumpFlow {
  first: string;
  last: string;
  in_packets?: number;
  in_bytes?: number;
  out_packets?: number;
  out_bytes?: number;
  proto?: number;
  tcp_flags?: string;
  src_port?: number;
  dst_port?: number;
  icmp_type?: number;
  icmp_code?: number;
  src4_addr?: string;
  dst4_addr?: string;
  src6_addr?: string;
  dst6_addr?: string;
  input_snmp?: number;
  output_snmp?: number;
  in_src_mac?: string;
  in_dst_mac?: string;
  src_vlan?: number;
  ip4_router?: string;
}

export function hasNfdump(): boolean {
  return spawnSync('nfdump', ['-V']).error === undefined && spawnSync('nfcapd', ['-V']).error === undefined;
}

/** Sends the datagrams to an nfcapd of its own, each from its exporter's address (127/8), and prints what it wrote. */
export async function readByNfdump(datagrams: readonly { from: string; bytes: Uint8Array }[]): Promise<NfdumpFlow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nfcapd-'));
  const port = await freePort();
  const collector = spawn('nfcapd', ['-w', folder, '-p', String(port), '-b', '127.0.0.1', '-t', '3600'], {
    env: { ...process.env, TZ: 'UTC' },
    stdio: 'ignore',
  });
  try {
    await until(() => waitingOctets(port) !== null);
    for (const { from, bytes } of datagrams) {
      await send(from, port, bytes);
      // Its socket would overflow: one by one it loses none.
      await until(() => waitingOctets(port) === 0);
    }
    await passed(300);
    collector.kill('SIGTERM');
    await until(() => collector.exitCode !== null || collector.signalCode !== null);
    return readdirSync(folder)
      .filter((file) => /^nfcapd\.\d+$/.test(file))
      .flatMap((file) => printed(join(folder, file)));
  } finally {
    collector.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function printed(file: string): NfdumpFlow[] {
  const { stdout } = spawnSync('nfdump', ['-r', file, '-o', 'json', '-q', '-N'], {
    env: { ...process.env, TZ: 'UTC' },
    maxBuffer: 64 * 1024 * 1024,
  });
  const text = stdout.toString('utf8').trim();
  const list = text.startsWith('[') ? text : `[${text.replace(/,\s*$/, '')}]`;
  return JSON.parse(list) as NfdumpFlow[];
}

async function send(from: string, port: number, bytes: Uint8Array): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind({ address: from, port: 0 }, resolve));
  await new Promise<void>((resolve) => socket.send(bytes, port, '127.0.0.1', () => resolve()));
  socket.close();
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind({ address: '127.0.0.1', port: 0 }, resolve));
  const { port } = socket.address();
  socket.close();
  return port;
}

/** What waits in the socket at the port (/proc/net/udp, column rx_queue); null: there is none. */
function waitingOctets(port: number): number | null {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync('/proc/net/udp', 'utf8').split('\n');
  const columns = lines.map((line) => line.trim().split(/\s+/)).find(([, address]) => address === local);
  return columns ? Number.parseInt(columns[4]?.split(':')[1] ?? '0', 16) : null;
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !isSo();) {
    if (Date.now() > end) throw new Error('nfcapd does not come or go');
    await passed(1);
  }
}
