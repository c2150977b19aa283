/**
 * Watches the switch's ports through its database (RFC 7047 section 4.1.5, `monitor`), on the Unix socket. It is the
 * tests' own small client, so that what they see does not depend on the one that the product writes with.
 */
import { connect, type Socket } from 'node:net';

export interface PortState {
  name: string;
  /** Null on a trunk. */
  tag: number | null;
  protected: boolean;
  externalIds: Record<string, string>;
}

export interface PortChange extends PortState {
  /** Milliseconds since 1970 when the update was read. */
  at: number;
  /** Columns that this change touched. */
  changed: string[];
  /** Tag before, if the tag changed. */
  previousTag: number | null | undefined;
}

type Row = Record<string, unknown>;
type Update = Record<string, Record<string, { old?: Row; new?: Row }>>;

const COLUMNS = ['name', 'tag', 'protected', 'external_ids'];

export class PortObserver {
  readonly changes: PortChange[] = [];
  private readonly ports = new Map<string, PortState>();
  private text = '';

  private constructor(private readonly socket: Socket) {}

  /** Resolves when the first state has been read. */
  static async open(socketPath: string): Promise<PortObserver> {
    const socket = connect(socketPath);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const observer = new PortObserver(socket);
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    const known = new Promise<void>((resolve) => socket.on('data', (data: string) => observer.read(data, resolve)));
    const params = ['Open_vSwitch', 'ports', { Port: { columns: COLUMNS } }];
    socket.write(JSON.stringify({ id: 'monitor', method: 'monitor', params }));
    await known;
    return observer;
  }

  port(name: string): PortState | undefined {
    return [...this.ports.values()].find((port) => port.name === name);
  }

  /** Changes of a port's tag only, oldest first. */
  tagChanges(name: string): PortChange[] {
    return this.changes.filter((change) => change.name === name && change.previousTag !== undefined);
  }

  stop(): void {
    this.socket.destroy();
  }

  private read(data: string, known: () => void): void {
    this.text += data;
    const { messages, rest } = splitMessages(this.text);
    this.text = rest;
    for (const message of messages) {
      const { id, method, params, result } = JSON.parse(message) as {
        id: unknown;
        method?: string;
        params?: unknown[];
        result?: Update;
      };
      if (method === 'echo') this.socket.write(JSON.stringify({ id, result: params, error: null }));
      else if (method === 'update') this.take(params?.[1] as Update, true);
      else if (id === 'monitor') {
        this.take(result ?? {}, false);
        known();
      }
    }
  }

  private take(update: Update, later: boolean): void {
    for (const [id, row] of Object.entries(update['Port'] ?? {})) {
      if (!row.new) {
        this.ports.delete(id);
        continue;
      }
      const port = toPort(row.new);
      this.ports.set(id, port);
      if (!later) continue;
      const changed = Object.keys(row.old ?? row.new);
      const previousTag = row.old && 'tag' in row.old ? toTag(row.old['tag']) : undefined;
      this.changes.push({ ...port, at: performance.timeOrigin + performance.now(), changed, previousTag });
    }
  }
}

/** JSON objects follow each other without a separator: their ends are found by braces outside of strings. */
export function splitMessages(text: string): { messages: string[]; rest: string } {
  const messages: string[] = [];
  let [depth, start, inString] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (inString) {
      if (letter === '\\') at += 1;
      else if (letter === '"') inString = false;
    } else if (letter === '"') inString = true;
    else if (letter === '{') depth += 1;
    else if (letter === '}' && --depth === 0) {
      messages.push(text.slice(start, at + 1));
      start = at + 1;
    }
  }
  return { messages, rest: text.slice(start) };
}

function toPort(row: Row): PortState {
  const pairs = (row['external_ids'] as ['map', [string, string][]] | undefined)?.[1] ?? [];
  const { name, tag } = row;
  return {
    name: String(name),
    tag: toTag(tag),
    protected: row['protected'] === true,
    externalIds: Object.fromEntries(pairs),
  };
}

/** An absent value is an empty set. */
function toTag(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
