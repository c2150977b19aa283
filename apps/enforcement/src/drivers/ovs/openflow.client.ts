import { execFile } from 'node:child_process';
import { DriverError } from '#driver';
import { ALL_OURS, ofDevice } from './wire/cookie.js';
import { parseFlows, parseUptime, type HeldFlow } from './wire/dump.js';
import { startWindow, type StartWindow } from './wire/boot.js';
import { faultOfTool, type Intent } from './wire/faults.js';

const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;

/**
 * Speaks OpenFlow 1.4 to one bridge by `ovs-ofctl`, a process a call, without a shell. A bundle is atomic: all of its
 * lines hold from one packet to the next, or none does.
 */
export class OpenflowClient {
  constructor(
    private readonly remote: string,
    private readonly timeoutMs: number,
  ) {}

  /** Everything of ours. */
  ours(): Promise<HeldFlow[]> {
    return this.flows(ALL_OURS);
  }

  flowsOf(deviceNumber: number): Promise<HeldFlow[]> {
    return this.flows(ofDevice(deviceNumber));
  }

  async bundle(lines: readonly string[]): Promise<void> {
    await this.run('write', ['--bundle', 'add-flows', this.remote, '-'], `${lines.join('\n')}\n`);
  }

  async deleteDevice(deviceNumber: number): Promise<void> {
    await this.run('write', ['--bundle', 'del-flows', this.remote, `cookie=${ofDevice(deviceNumber)}`]);
  }

  /** When the bridge was started, between two instants of our clock. */
  async startedBetween(): Promise<StartWindow> {
    const before = Date.now();
    const output = await this.run('read', ['dump-ports', this.remote, 'LOCAL']);
    return startWindow(parseUptime(output), before, Date.now());
  }

  private async flows(cookie: string): Promise<HeldFlow[]> {
    return parseFlows(await this.run('read', ['dump-flows', this.remote, `cookie=${cookie}`]));
  }

  private run(intent: Intent, words: string[], input?: string): Promise<string> {
    // Its own time-out is for the case that this process dies before it.
    const own = `--timeout=${Math.ceil(this.timeoutMs / 1000) + 1}`;
    const options = { timeout: this.timeoutMs, maxBuffer: MAX_OUTPUT_BYTES, killSignal: 'SIGKILL' as const };
    return new Promise((resolve, reject) => {
      const child = execFile(
        'ovs-ofctl',
        ['-O', 'OpenFlow14', '--names', own, ...words],
        options,
        (error, stdout, stderr) => {
          if (!error) return resolve(stdout);
          if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
            return reject(new DriverError('bad-answer', 'the switch holds more flows than can be read'));
          }
          reject(faultOfTool({ timedOut: error.killed === true, missing: error.code === 'ENOENT', stderr }, intent));
        },
      );
      // It may be gone before it has read its input: its exit says why.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input ?? '');
    });
  }
}
