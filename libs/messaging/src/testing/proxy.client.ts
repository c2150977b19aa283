import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What a proxy does with bytes of one connection. `null`: swallow them and cut the connection. */
export interface Wire {
  fromClient(bytes: Buffer): Buffer | null;
  fromServer(bytes: Buffer): Buffer | null;
}

/** A TCP proxy on 127.0.0.1 that can be cut, and that can lose an answer. */
export class Proxy {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  port = 0;

  constructor(
    private readonly target: { host: string; port: number },
    private readonly wire: () => Wire,
  ) {}

  async up(): Promise<this> {
    const server = createServer((client) => this.join(client));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    return this;
  }

  /** As if the machine behind it were gone: connections break, new ones are refused. */
  async down(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(client: Socket): void {
    const upstream = connect(this.target);
    const wire = this.wire();
    this.pipe(client, upstream, (bytes) => wire.fromClient(bytes));
    this.pipe(upstream, client, (bytes) => wire.fromServer(bytes));
  }

  private pipe(from: Socket, to: Socket, pass: (bytes: Buffer) => Buffer | null): void {
    this.sockets.add(from);
    from.on('data', (bytes) => {
      const passed = pass(bytes);
      if (passed === null) {
        from.destroy();
        to.destroy();
      } else if (passed.length > 0 && !to.destroyed) to.write(passed);
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}

export const plainWire = (): Wire => ({ fromClient: (bytes) => bytes, fromServer: (bytes) => bytes });

/** Loses the answers to the next COMMIT, which is then done and not known to be. */
export class CommitLoser {
  toLose = 0;

  wire(): Wire {
    let hasCommitted = false;
    return {
      fromClient: (bytes) => {
        if (this.toLose > 0 && bytes.includes('COMMIT')) hasCommitted = true;
        return bytes;
      },
      fromServer: (bytes) => {
        if (!hasCommitted || this.toLose === 0) return bytes;
        this.toLose -= 1;
        return null;
      },
    };
  }
}

const PRODUCE = 0;

/**
 * A Kafka connection through a proxy: the broker's answers name the proxy's own port, so that a client stays on it, and
 * the answers to the next produce requests can be lost after the append. Frames: length (4), then for requests api key
 * (2), version (2), correlation (4), and for answers correlation (4) (Kafka protocol guide, "Protocol primitives").
 */
export class KafkaWire {
  /** How many answers to produce requests are lost from here on. */
  toLose = 0;
  lost = 0;
  produced = 0;

  constructor(
    private readonly brokerPort: number,
    private readonly proxyPort: () => number,
  ) {}

  wire(): Wire {
    const produces = new Set<number>();
    const requests = new Frames();
    const answers = new Frames();
    return {
      fromClient: (bytes) => {
        for (const frame of requests.push(bytes)) {
          if (frame.readInt16BE(4) === PRODUCE) produces.add(frame.readInt32BE(8));
        }
        return bytes;
      },
      fromServer: (bytes) => {
        const frames = answers.push(bytes);
        for (const frame of frames) {
          if (!produces.delete(frame.readInt32BE(4))) continue;
          this.produced += 1;
          if (this.toLose === 0) continue;
          this.toLose -= 1;
          this.lost += 1;
          return null;
        }
        return Buffer.concat(frames.map((frame) => this.rename(frame)));
      },
    };
  }

  private rename(frame: Buffer): Buffer {
    const host = Buffer.from('127.0.0.1');
    for (let at = frame.indexOf(host); at !== -1; at = frame.indexOf(host, at + 1)) {
      const portAt = at + host.length;
      if (portAt + 4 > frame.length || frame.readInt32BE(portAt) !== this.brokerPort) continue;
      frame.writeInt32BE(this.proxyPort(), portAt);
    }
    return frame;
  }
}

class Frames {
  private rest = Buffer.alloc(0);

  push(bytes: Buffer): Buffer[] {
    this.rest = Buffer.concat([this.rest, bytes]);
    const frames: Buffer[] = [];
    while (this.rest.length >= 4 && this.rest.length >= 4 + this.rest.readInt32BE(0)) {
      const length = 4 + this.rest.readInt32BE(0);
      frames.push(Buffer.from(this.rest.subarray(0, length)));
      this.rest = this.rest.subarray(length);
    }
    return frames;
  }
}
