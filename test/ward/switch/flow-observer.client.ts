/** Watches the switch's flows with `ovs-ofctl monitor BRIDGE watch:`, and comes back when the switch was restarted. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseFlowChange, type FlowChange } from './flow.js';

const RETRY_MS = 50;
/** What `--timestamp` prints before each message: when the monitor read it, however late we read the monitor. */
const HEADER = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}): NXST_FLOW_MONITOR/;

export class FlowObserver {
  readonly changes: FlowChange[] = [];
  private child: ChildProcess | undefined;
  private stopped = false;

  private constructor(
    private readonly bridge: string,
    private readonly runDir: string,
  ) {}

  /** Resolves when the monitor is in force: flows that are there already are not reported. */
  static async open(bridge: string, runDir: string): Promise<FlowObserver> {
    const observer = new FlowObserver(bridge, runDir);
    await observer.watch('watch:!initial');
    return observer;
  }

  stop(): void {
    this.stopped = true;
    this.child?.kill('SIGKILL');
  }

  /** How often flows whose cookie matches were added, by table, cookie and match. */
  additions(cookie: bigint, mask: bigint): Map<string, number> {
    const counts = new Map<string, number>();
    for (const change of this.changes) {
      if (change.event !== 'added' || (change.cookie & mask) !== (cookie & mask)) continue;
      const key = `${change.table} 0x${change.cookie.toString(16)} ${change.match}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }

  private watch(what: string): Promise<void> {
    // It makes a control socket of its own, in the run directory.
    const env = { ...process.env, OVS_RUNDIR: this.runDir, TZ: 'UTC' };
    const words = ['monitor', '--timestamp', this.bridge, what];
    const child = spawn('ovs-ofctl', words, { stdio: ['ignore', 'pipe', 'pipe'], env });
    let at = Date.now();
    this.child = child;
    return new Promise((resolve) => {
      for (const stream of [child.stdout, child.stderr])
        createInterface({ input: stream }).on('line', (line) => {
          if (/FLOW_MONITOR/.test(line)) resolve();
          const header = HEADER.exec(line);
          if (header) at = Date.parse(`${header[1]}T${header[2]}Z`);
          const change = parseFlowChange(line, at);
          if (change) this.changes.push(change);
        });
      child.once('close', () => {
        // A restarted switch has no flows: what it then holds was added while nobody could watch, and counts.
        if (!this.stopped) setTimeout(() => void this.watch('watch:'), RETRY_MS);
        resolve();
      });
    });
  }
}
