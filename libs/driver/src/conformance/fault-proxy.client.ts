import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type NetConnectOpts, type Server, type Socket } from 'node:net';

/** A proxy between a driver and its point, on the loopback, that can refuse, and lose an answer. */
export class FaultProxy {
  private server: Server;
  private port = 0;
  private armed = false;
  private readonly open = new Set<Socket>();

  private constructor(
    private readonly target: NetConnectOpts,
    private readonly isWrite: (chunk: Buffer) => boolean,
  ) {
    this.server = this.newServer();
  }

  /** `isWrite`: whether what a driver has sent holds the write whose answer can be lost. */
  static async listen(target: NetConnectOpts, isWrite: (chunk: Buffer) => boolean): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, isWrite);
    await proxy.accept();
    return proxy;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  loseAnswer(): void {
    this.armed = true;
  }

  async refuse(): Promise<void> {
    const closed = this.server.listening ? once(this.server, 'close') : null;
    this.server.close();
    this.dropAll();
    await closed;
  }

  /** Takes connections again, on the same port, and ends those that have been silenced. */
  async accept(): Promise<void> {
    this.armed = false;
    this.dropAll();
    if (this.server.listening) return;
    this.server = this.newServer();
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  private newServer(): Server {
    return createServer((client) => this.join(client));
  }

  private join(client: Socket): void {
    const point = connect(this.target);
    let silenced = false;
    client.on('data', (chunk: Buffer) => {
      if (this.armed && this.isWrite(chunk)) {
        this.armed = false;
        silenced = true;
      }
      point.write(chunk);
    });
    point.on('data', (chunk: Buffer) => {
      if (!silenced) client.write(chunk);
    });
    for (const [socket, other] of [[client, point] as const, [point, client] as const]) {
      this.open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.open.delete(socket);
        if (!silenced) other.destroy();
      });
    }
  }

  private dropAll(): void {
    for (const socket of this.open) socket.destroy();
  }
}
