import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#observability';
import type { PointHint } from '#driver';
import { OvsdbClient, parseRemote } from '#ovsdb';
import type { OvsPoint } from './config.js';
import { mentionsOurs } from './wire/flow-monitor.js';
import { PORT_COLUMNS } from './wire/port-table.js';

/** First pause between two tries, and the longest: a switch that restarts is back within a second. */
const RETRY_MS = { first: 10, longest: 100 };
/** Connections that held for so long were good ones: the next try comes at once. */
const GOOD_MS = 1000;

/** What the watcher tells of; `bootId` asks the switch, so that a lost connection is not taken for a restart. */
export interface WatchTarget {
  point: OvsPoint;
  bootId(): Promise<string>;
  logger: Pick<Logger, 'warn'> | undefined;
  listener(kind: PointHint['kind']): void;
}

/**
 * Follows a bridge by two connections: OVSDB tells of ports, and `ovs-ofctl monitor` of flows, within milliseconds.
 * Both end with the switch. They are made together and ended together, so that what is followed is always whole.
 */
export class Watch {
  private stopped = new AbortController();
  private reachable: boolean | null = null;
  private lastBoot: string | null = null;
  private pending: NodeJS.Immediate | null = null;

  private constructor(private readonly target: WatchTarget) {}

  static start(target: WatchTarget): { stop(): Promise<void> } {
    const watch = new Watch(target);
    const ended = watch.run();
    return {
      stop: async () => {
        watch.stopped.abort();
        if (watch.pending) clearImmediate(watch.pending);
        await ended;
      },
    };
  }

  private async run(): Promise<void> {
    let pause = RETRY_MS.first;
    while (!this.stopped.signal.aborted) {
      const begun = performance.now();
      await this.follow().catch((error: unknown) => this.logFailure(error));
      if (this.stopped.signal.aborted) return;
      if (performance.now() - begun > GOOD_MS) pause = RETRY_MS.first;
      if (this.reachable !== false) {
        this.reachable = false;
        this.target.listener('unreachable');
      }
      await sleep(pause, undefined, { signal: this.stopped.signal }).catch(() => undefined);
      pause = Math.min(pause * 2, RETRY_MS.longest);
    }
  }

  /** Resolves when either connection has ended; rejects if they could not be made. */
  private async follow(): Promise<void> {
    const { openflow, ovsdb, timeoutMs } = this.target.point;
    // A try of ovs-ofctl costs a process; a connect costs nothing, and most tries happen while the switch is away.
    await touch(openflow, timeoutMs);
    const database = await OvsdbClient.connect(ovsdb, { timeoutMs, idleMs: timeoutMs });
    const ended = new AbortController();
    const end = (): void => ended.abort();
    this.stopped.signal.addEventListener('abort', end);
    database.once('close', end);
    try {
      await Promise.all([this.followPorts(database), this.followFlows(ended)]);
      await this.arrived();
      if (!ended.signal.aborted) await once(ended.signal, 'abort');
    } finally {
      this.stopped.signal.removeEventListener('abort', end);
      ended.abort();
      database.close();
    }
  }

  private async followPorts(database: OvsdbClient): Promise<void> {
    const tables = {
      Port: { columns: ['name', ...PORT_COLUMNS] },
      Interface: { columns: ['name', 'link_state', 'ofport'] },
    };
    await database.monitor('Open_vSwitch', tables, () => this.changed());
  }

  /** Resolves when the switch has taken the request. The process ends when the switch closes the connection. */
  private async followFlows(ended: AbortController): Promise<void> {
    // No control socket of its own: it would need Open vSwitch's run directory, which a client's host may not have.
    const words = ['-O', 'OpenFlow14', '--unixctl=none', 'monitor', this.target.point.openflow, 'watch:!initial'];
    const child = spawn('ovs-ofctl', words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: ended.signal,
      killSignal: 'SIGKILL',
    });
    child.once('error', () => ended.abort());
    child.once('close', () => ended.abort());
    let rest = '';
    // Events come on its standard error, unbuffered; the answer to the request comes on its standard output.
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      if (lines.some(mentionsOurs)) this.changed();
    });
    await once(child.stdout, 'data', { signal: ended.signal });
    child.stdout.resume();
  }

  /** Connected: says so if it was away, says if it was restarted meanwhile, and asks for a read in any case. */
  private async arrived(): Promise<void> {
    const boot = await this.target.bootId();
    if (this.reachable === false) this.target.listener('reachable');
    if (this.lastBoot !== null && this.lastBoot !== boot) this.target.listener('restarted');
    this.reachable = true;
    this.lastBoot = boot;
    this.changed();
  }

  private logFailure(error: unknown): void {
    if (this.stopped.signal.aborted || this.reachable === false) return;
    this.target.logger?.warn({ pointId: this.target.point.id, err: error }, 'point can not be followed');
  }

  /** One hint for all that comes in one go: a bundle is dozens of lines. What is there at the start is no change. */
  private changed(): void {
    if (this.reachable !== true) return;
    this.pending ??= setImmediate(() => {
      this.pending = null;
      if (!this.stopped.signal.aborted) this.target.listener('changed');
    });
  }
}

async function touch(remote: string, timeoutMs: number): Promise<void> {
  const socket = connect(parseRemote(remote));
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) });
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}
