import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function hasTshark(): boolean {
  return spawnSync('tshark', ['-v']).error === undefined;
}

/** A first fragment is read by itself: the others never come. */
const ALONE = ['-o', 'ip.defragment:FALSE', '-o', 'ipv6.defragment:FALSE'];

/**
 * What tshark reads in UDP datagrams: by field, all its values in their order. The headers around each datagram are
 * not among them, as they are left out of each list's values by `skip`, which names how many a datagram brings.
 */
export function readByTshark(
  datagrams: readonly Uint8Array[],
  { port, protocol, fields }: { port: number; protocol: string; fields: Readonly<Record<string, number>> },
): Record<string, string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tshark-'));
  try {
    const file = join(folder, 'datagrams.pcap');
    writeFileSync(file, pcapOf(datagrams, port));
    const wanted = Object.keys(fields).flatMap((field) => ['-e', field]);
    const how = [
      '-r',
      file,
      '-d',
      `udp.port==${port},${protocol}`,
      '-n',
      '-T',
      'fields',
      '-E',
      'separator=;',
      ...ALONE,
    ];
    const { stdout } = spawnSync('tshark', [...how, ...wanted], { maxBuffer: 64 * 1024 * 1024 });
    const rows = stdout.toString('utf8').trimEnd().split('\n');
    return Object.fromEntries(
      Object.entries(fields).map(([field, skip], column) => [
        field,
        rows.flatMap((row) =>
          (row.split(';')[column] ?? '')
            .split(',')
            .slice(skip)
            .filter((value) => value !== ''),
        ),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A capture of Ethernet frames (libpcap's file format, version 2.4), each with one datagram to the port. */
function pcapOf(datagrams: readonly Uint8Array[], port: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  return Buffer.concat([header, ...datagrams.flatMap((one) => packet(one, port))]);
}

function packet(datagram: Uint8Array, port: number): Buffer[] {
  const headers = Buffer.alloc(42);
  headers.writeUInt16BE(0x0800, 12);
  headers.writeUInt8(0x45, 14);
  headers.writeUInt16BE(28 + datagram.length, 16);
  headers.writeUInt8(64, 22);
  headers.writeUInt8(17, 23);
  headers.writeUInt32BE(0x7f000001, 26);
  headers.writeUInt32BE(0x7f000001, 30);
  headers.writeUInt16BE(40_000, 34);
  headers.writeUInt16BE(port, 36);
  headers.writeUInt16BE(8 + datagram.length, 38);
  const record = Buffer.alloc(16);
  record.writeUInt32LE(headers.length + datagram.length, 8);
  record.writeUInt32LE(headers.length + datagram.length, 12);
  return [record, headers, Buffer.from(datagram)];
}
