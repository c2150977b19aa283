import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import type { Logger } from '#observability';
import type { Sender } from './heard.js';
import { parseSocketDrops } from './socket-drops.js';

export interface UdpListenerOptions {
  listen: { host: string; port: number };
  /** Whose socket it is, for the log. */
  name: string;
  logger: Logger;
  received: (datagram: Uint8Array, sender: Sender) => void;
}

/** Holds a second of a busy switch. The kernel gives what net.core.rmem_max allows, and the health says if it is less. */
const RECEIVE_BUFFER = 4 * 1024 * 1024;

/** A socket of a sensor's own. Nothing queues behind it but the kernel's buffer, and the kernel counts what overflows. */
export class UdpListener {
  private socket: Socket | undefined;

  constructor(private readonly options: UdpListenerOptions) {}

  /** Resolves when it listens, with whether the kernel gave less room than asked; rejects if the address can't be had. */
  async start(): Promise<boolean> {
    const { listen, name, logger, received } = this.options;
    const type = listen.host.includes(':') ? 'udp6' : 'udp4';
    const socket = createSocket({ type, recvBufferSize: RECEIVE_BUFFER });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address: listen.host, port: listen.port, exclusive: true }, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    socket.on('message', received);
    socket.on('error', (err) => logger.error({ err, sensor: name }, 'a sensor socket failed'));
    this.socket = socket;
    return socket.getRecvBufferSize() < RECEIVE_BUFFER;
  }

  stop(): void {
    this.socket?.close();
    this.socket = undefined;
  }

  /** Datagrams that the kernel threw away since the start; null: it does not say. */
  drops(): number | null {
    if (!this.socket) return null;
    const { address, port } = this.socket.address();
    try {
      return parseSocketDrops(readFileSync('/proc/net/udp', 'utf8'), address, port);
    } catch (err) {
      this.options.logger.debug({ err }, 'socket drops can not be read');
      return null;
    }
  }
}
