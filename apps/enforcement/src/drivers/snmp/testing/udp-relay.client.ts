import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Between a driver and its switch, on the loopback; nothing comes through while it is cut. */
export class UdpRelay {
  private isCut = false;
  private readonly clients = new Map<number, Socket>();

  private constructor(
    private readonly front: Socket,
    private readonly target: number,
  ) {}

  static async listen(target: number): Promise<UdpRelay> {
    const front = createSocket('udp4');
    const relay = new UdpRelay(front, target);
    front.on('message', (data, { port }) => relay.forward(data, port));
    front.bind(0, '127.0.0.1');
    await once(front, 'listening');
    return relay;
  }

  get port(): number {
    return this.front.address().port;
  }

  cut(): void {
    this.isCut = true;
  }

  heal(): void {
    this.isCut = false;
  }

  close(): void {
    this.front.close();
    for (const socket of this.clients.values()) socket.close();
  }

  private forward(data: Buffer, from: number): void {
    if (this.isCut) return;
    const back = this.clients.get(from) ?? this.join(from);
    back.send(data, this.target, '127.0.0.1');
  }

  private join(from: number): Socket {
    const back = createSocket('udp4');
    back.on('message', (data) => {
      if (!this.isCut) this.front.send(data, from, '127.0.0.1');
    });
    back.on('error', () => undefined);
    this.clients.set(from, back);
    return back;
  }
}
