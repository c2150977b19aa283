/** Raw Ethernet frames for probes, with a marker in each by which it is found again. Checksums are not computed. */
export interface Ends {
  fromMac: string;
  toMac: string;
  from: string;
  to: string;
}

const FLAGS = { syn: 0x02, ack: 0x10 } as const;

export function tcpFrame(
  ends: Ends,
  ports: { from: number; to: number },
  flag: keyof typeof FLAGS,
  marker: string,
): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt16BE(ports.from, 0);
  head.writeUInt16BE(ports.to, 2);
  head.writeUInt32BE(1, 4);
  head[12] = 5 << 4;
  head[13] = FLAGS[flag];
  head.writeUInt16BE(1024, 14);
  return ipv4(ends, 6, Buffer.concat([head, Buffer.from(marker)]));
}

export function udpFrame(ends: Ends, ports: { from: number; to: number }, marker: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(ports.from, 0);
  head.writeUInt16BE(ports.to, 2);
  head.writeUInt16BE(8 + marker.length, 4);
  return ipv4(ends, 17, Buffer.concat([head, Buffer.from(marker)]));
}

/** A request, as every host asks it: to all. */
export function arpFrame(ends: Ends, marker: string): Buffer {
  const head = Buffer.from('0001080006040001', 'hex');
  const body = [head, mac(ends.fromMac), address(ends.from), Buffer.alloc(6), address(ends.to), Buffer.from(marker)];
  return ethernet({ ...ends, toMac: 'ff:ff:ff:ff:ff:ff' }, 0x0806, Buffer.concat(body));
}

/** ICMPv6 between link-local addresses. */
export function ipv6Frame(ends: Ends, marker: string): Buffer {
  const head = Buffer.alloc(40);
  head[0] = 0x60;
  head.writeUInt16BE(8 + marker.length, 4);
  head[6] = 58;
  head[7] = 255;
  Buffer.from('fe80000000000000', 'hex').copy(head, 8);
  Buffer.from('fe80000000000000', 'hex').copy(head, 24);
  mac(ends.fromMac).copy(head, 18);
  mac(ends.toMac).copy(head, 34);
  return ethernet(ends, 0x86dd, Buffer.concat([head, Buffer.from('8000000000010001', 'hex'), Buffer.from(marker)]));
}

function ipv4(ends: Ends, protocol: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(20);
  head[0] = 0x45;
  head.writeUInt16BE(20 + payload.length, 2);
  head[8] = 64;
  head[9] = protocol;
  address(ends.from).copy(head, 12);
  address(ends.to).copy(head, 16);
  return ethernet(ends, 0x0800, Buffer.concat([head, payload]));
}

function ethernet(ends: Ends, type: number, payload: Buffer): Buffer {
  const frame = Buffer.concat([mac(ends.toMac), mac(ends.fromMac), Buffer.from([type >> 8, type & 0xff]), payload]);
  return frame.length < 60 ? Buffer.concat([frame, Buffer.alloc(60 - frame.length)]) : frame;
}

function mac(text: string): Buffer {
  return Buffer.from(text.replaceAll(':', ''), 'hex');
}

function address(text: string): Buffer {
  return Buffer.from(text.split('.').map(Number));
}
