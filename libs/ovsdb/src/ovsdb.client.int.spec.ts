import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { OvsdbClient, map, numberOf, stringsOf, type OvsdbError, type TableUpdates } from './index.js';

const run = promisify(execFile);
const DB = 'Open_vSwitch';
const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema';

/** A real ovsdb-server of our own with the switch's schema. `vsctl` is the independent observer. */
class PrivateServer {
  static async start(): Promise<PrivateServer> {
    const folder = await mkdtemp(join(tmpdir(), 'lazaret-ovsdb-'));
    await run('ovsdb-tool', ['create', join(folder, 'conf.db'), SCHEMA]);
    const server = new PrivateServer(folder);
    await server.launch();
    await server.vsctl('init');
    return server;
  }

  process!: ChildProcess;
  readonly remote: string;

  private constructor(private readonly folder: string) {
    this.remote = `unix:${join(folder, 'db.sock')}`;
  }

  async launch(): Promise<void> {
    const options = [
      `--remote=p${this.remote}`,
      `--unixctl=${join(this.folder, 'ctl')}`,
      '-vconsole:off',
      '--no-chdir',
    ];
    this.process = spawn('ovsdb-server', [join(this.folder, 'conf.db'), ...options], { stdio: 'ignore' });
    for (let i = 0; i < 100; i++) {
      const answered = await this.vsctl('list-br').then(
        () => true,
        () => false,
      );
      if (answered) return;
      await sleep(20);
    }
    throw new Error('ovsdb-server did not start');
  }

  async vsctl(...words: string[]): Promise<string> {
    const { stdout } = await run('ovs-vsctl', [`--db=${this.remote}`, '--no-wait', '--timeout=5', ...words]);
    return stdout.trim();
  }

  async stop(): Promise<void> {
    const exit = this.process.exitCode === null && this.process.signalCode === null ? once(this.process, 'exit') : null;
    this.process.kill('SIGKILL');
    await exit;
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A peer that takes connections and does what the test says: servers that misbehave can't be had otherwise. */
async function listen(behave: (socket: Socket) => void): Promise<{ server: Server; remote: string }> {
  const server = createServer((socket) => behave(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, remote: `tcp:127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const failure = (promise: Promise<unknown>): Promise<OvsdbError> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: OvsdbError) => error,
  );

describe('OvsdbClient against a real ovsdb-server', () => {
  let server: PrivateServer;
  let client: OvsdbClient;

  beforeEach(async () => {
    server = await PrivateServer.start();
    client = await OvsdbClient.connect(server.remote, { timeoutMs: 500, idleMs: 200 });
  });

  afterEach(async () => {
    client.close();
    await server.stop();
  });

  it('carries out a transaction that the switch tools then see', async () => {
    await client.transact(DB, {
      op: 'mutate',
      table: 'Open_vSwitch',
      where: [],
      mutations: [['external_ids', 'insert', map({ ward: 'imaging "3"', ключ: '}{' })]],
    });
    expect(await server.vsctl('get', 'Open_vSwitch', '.', 'external_ids:ward')).toBe(String.raw`"imaging \"3\""`);
    const [result] = await client.transact(DB, { op: 'select', table: 'Open_vSwitch', where: [] });
    expect(stringsOf(result!.rows![0]!['external_ids'])).toEqual({ ward: 'imaging "3"', ключ: '}{' });
  });

  it('changes nothing when a compare does not hold, and names the operation', async () => {
    const update = { op: 'update', table: 'Open_vSwitch', where: [], row: { next_cfg: 7 } } as const;
    const error = await failure(
      client.transact(
        DB,
        { ...update, where: [] },
        {
          op: 'wait',
          table: 'Open_vSwitch',
          where: [],
          columns: ['cur_cfg'],
          until: '==',
          rows: [{ cur_cfg: 99 }],
          timeout: 0,
        },
      ),
    );
    expect(error).toMatchObject({ code: 'refused', retry: 'permanent', operation: 1, serverError: 'timed out' });
    expect(await server.vsctl('get', 'Open_vSwitch', '.', 'next_cfg')).toBe('0');
  });

  it('reports a mistake in an operation as a refusal', async () => {
    const error = await failure(client.transact(DB, { op: 'select', table: 'No_Such_Table', where: [] }));
    expect(error).toMatchObject({ code: 'refused', operation: 0 });
    expect(await failure(client.transact('no-such-database'))).toMatchObject({ code: 'refused', operation: null });
  });

  it('tells what is there, then every change in order, and nothing after cancel', async () => {
    const seen: (number | null)[] = [];
    const listener = (updates: TableUpdates): void => {
      for (const { new: row } of Object.values(updates['Open_vSwitch'] ?? {})) seen.push(numberOf(row?.['next_cfg']));
    };
    const monitor = await client.monitor(DB, { Open_vSwitch: { columns: ['next_cfg'] } }, listener);
    expect(seen).toEqual([0]);
    for (const value of [1, 2, 3]) await server.vsctl('set', 'Open_vSwitch', '.', `next_cfg=${value}`);
    // The answer to this comes after every update that was sent before it.
    await client.transact(DB, { op: 'comment', comment: 'a barrier' });
    expect(seen).toEqual([0, 1, 2, 3]);
    await monitor.cancel();
    await server.vsctl('set', 'Open_vSwitch', '.', 'next_cfg=4');
    await client.transact(DB, { op: 'comment', comment: 'a barrier' });
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  it('stays connected through silence, since the server answers its echoes', async () => {
    let closed = false;
    client.on('close', () => (closed = true));
    await sleep(1500);
    expect(closed).toBe(false);
    await expect(client.transact(DB, { op: 'comment', comment: 'still here' })).resolves.toEqual([{}]);
  });

  it('calls silence after a send ambiguous, and takes no late answer for another one', async () => {
    const closed = once(client, 'close');
    server.process.kill('SIGSTOP');
    const error = await failure(client.transact(DB, { op: 'comment', comment: 'no answer' }));
    server.process.kill('SIGCONT');
    expect(error).toMatchObject({ code: 'no-answer', retry: 'ambiguous' });
    await closed;
    expect(await failure(client.transact(DB))).toMatchObject({ code: 'unreachable', retry: 'transient' });
  });

  it('closes when a silent server leaves even echoes unanswered', async () => {
    server.process.kill('SIGSTOP');
    const [reason] = (await once(client, 'close')) as [OvsdbError];
    expect(reason).toMatchObject({ code: 'no-answer' });
  });

  it('calls a connection lost before the answer ambiguous, and a refused connect transient', async () => {
    server.process.kill('SIGSTOP');
    const lost = failure(client.transact(DB, { op: 'comment', comment: 'lost' }));
    server.process.kill('SIGKILL');
    expect(await lost).toMatchObject({ code: 'no-answer', retry: 'ambiguous' });
    const refused = await failure(OvsdbClient.connect(server.remote, { timeoutMs: 500 }));
    expect(refused).toMatchObject({ code: 'unreachable', retry: 'transient' });
  });
});

describe('OvsdbClient against a peer that misbehaves', () => {
  let peer: { server: Server; remote: string };

  afterEach(() => {
    peer.server.close();
  });

  it('answers the echo of a server with what it sent', async () => {
    const answers: string[] = [];
    peer = await listen((socket) => {
      socket.on('data', (bytes) => answers.push(bytes.toString()));
      socket.write('{"id":"echo","method":"echo","params":["}{"]}');
    });
    const client = await OvsdbClient.connect(peer.remote);
    for (let i = 0; i < 100 && answers.length === 0; i++) await sleep(10);
    expect(JSON.parse(answers.join(''))).toEqual({ id: 'echo', result: ['}{'], error: null });
    client.close();
  });

  it('gives up on what is not JSON-RPC', async () => {
    peer = await listen((socket) => socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')));
    const client = await OvsdbClient.connect(peer.remote);
    const reason = new Promise((resolve) => client.on('close', resolve));
    expect(await failure(client.transact(DB))).toMatchObject({ code: 'no-answer', retry: 'ambiguous' });
    expect(await reason).toMatchObject({ code: 'bad-answer' });
  });

  it('gives calls without an answer back when it is closed', async () => {
    peer = await listen(() => undefined);
    const client = await OvsdbClient.connect(peer.remote);
    const call = failure(client.transact(DB));
    client.close();
    expect(await call).toMatchObject({ code: 'no-answer' });
  });
});
