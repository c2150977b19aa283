import { request, type IncomingMessage } from 'node:http';

export interface SentEvent {
  id: string;
  type: string;
  data: string;
}

/** Follows server-sent events on a connection of its own (HTML standard, 9.2.6), and can stop reading for a while. */
export class StreamReader {
  readonly events: SentEvent[] = [];
  /** The id that a browser would send when it comes back. */
  lastEventId = '';
  /** How the server ended it: in good order, or by breaking the connection. */
  readonly ended: Promise<'ended' | 'broken'>;
  private rest = '';

  private constructor(private readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    this.ended = new Promise((resolve) => {
      response.once('end', () => resolve('ended')).once('error', () => resolve('broken'));
    });
    response.on('data', (text: string) => this.take(text));
  }

  static open(url: string, token: string, lastEventId?: string): Promise<StreamReader> {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    };
    return new Promise((resolve, reject) => {
      request(`${url}/v1/stream`, { headers, agent: false }, (response) => {
        if (response.statusCode === 200) return resolve(new StreamReader(response));
        response.resume();
        reject(new Error(`answered ${response.statusCode}`));
      })
        .once('error', reject)
        .end();
    });
  }

  get headers() {
    return this.response.headers;
  }

  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  leave(): void {
    this.response.destroy();
  }

  async until(count: number, milliseconds = 20_000): Promise<SentEvent[]> {
    for (const end = Date.now() + milliseconds; this.events.length < count;) {
      if (Date.now() > end) throw new Error(`${this.events.length} of ${count} events in ${milliseconds} ms`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this.events;
  }

  private take(text: string): void {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      this.lastEventId = fields.get('id') ?? this.lastEventId;
      const data = fields.get('data');
      if (data !== undefined) this.events.push({ id: this.lastEventId, type: fields.get('event') ?? 'message', data });
    }
  }
}
