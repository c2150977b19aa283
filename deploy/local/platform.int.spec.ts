import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { identityOf, startTicksOf, writePidFile } from './pid-file.js';
import { removeState, startPlatform } from './platform.js';
import { repositoryRoot, stateRoot } from './repository.js';

interface Started {
  child: ChildProcess;
  pids: number[];
  startMs: number;
  databaseUrl: string;
}

const stateDir = join(stateRoot(), `int/spec-${process.pid}`);

/** Runs a demo's stand-in as a process of its own, without the servers of this test run. */
async function startDemo(): Promise<Started> {
  const { DATABASE_URL: _database, KAFKA_BROKERS: _brokers, ...env } = process.env;
  const script = join(repositoryRoot(), 'deploy/local/stand-ins/demo.mjs');
  const child = spawn(process.execPath, [script, stateDir], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, ...(JSON.parse(line) as Omit<Started, 'child'>) };
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function secondsUntilGone(pids: number[]): Promise<number> {
  const startedAt = Date.now();
  while (pids.some((pid) => startTicksOf(pid) !== undefined) && Date.now() - startedAt < 10_000) await sleep(50);
  return (Date.now() - startedAt) / 1000;
}

describe('the local platform', () => {
  afterAll(() => removeState(stateDir));

  it('starts nothing when DATABASE_URL and KAFKA_BROKERS name servers, and leaves them alone at the end', async () => {
    const own = join(stateRoot(), `int/spec-given-${process.pid}`);
    const platform = await startPlatform({ stateDir: own, log: fail });
    expect(platform).toMatchObject({
      databaseUrl: process.env['DATABASE_URL'],
      kafkaBrokers: process.env['KAFKA_BROKERS'],
    });
    expect(platform.postgres ?? platform.kafka).toBeUndefined();
    await platform.stop();
    await expect(query(platform.databaseUrl, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    removeState(own);
  });

  it('leaves no Java, PostgreSQL or service behind when its process is killed, and keeps the data', async () => {
    const first = await startDemo();
    expect(first.pids.map((pid) => startTicksOf(pid) === undefined)).toEqual([false, false, false]);
    await query(first.databaseUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
    first.child.kill('SIGKILL');
    expect(await secondsUntilGone(first.pids)).toBeLessThan(5);

    const second = await startDemo();
    expect(second.startMs).toBeLessThan(10_000);
    await expect(query(second.databaseUrl, 'SELECT answer FROM kept')).resolves.toEqual([{ answer: 42 }]);
    second.child.kill('SIGINT');
    const [code] = (await once(second.child, 'exit')) as [number];
    expect(code).toBe(130);
    expect(second.pids.map(startTicksOf)).toEqual([undefined, undefined, undefined]);
  });

  it('ends what a killed run left behind when it starts again', async () => {
    // Such as a server whose start fell between the death of its parent and the request to die with it.
    const orphan = spawn('sleep', ['62.5'], { stdio: 'ignore', detached: true });
    writePidFile(join(stateDir, 'kafka/pid'), identityOf(orphan.pid ?? 0, 'sleep 62.5')!);
    const orphanEnded = once(orphan, 'exit');
    const demo = await startDemo();
    await expect(orphanEnded).resolves.toEqual([null, 'SIGTERM']);
    demo.child.kill('SIGTERM');
    await once(demo.child, 'exit');
  });

  it('refuses a folder that a living run uses, and takes over that of a dead one', async () => {
    const own = join(stateRoot(), `int/spec-busy-${process.pid}`);
    const living = spawn('sleep', ['63.5'], { stdio: 'ignore' });
    const identity = identityOf(living.pid ?? 0, '')!;
    writePidFile(join(own, 'owner'), identity);
    await expect(startPlatform({ stateDir: own, log: fail })).rejects.toMatchObject({ code: 'state-folder-busy' });
    living.kill('SIGKILL');
    await once(living, 'exit');
    await (await startPlatform({ stateDir: own, log: fail })).stop();
    rmSync(own, { recursive: true });
  });

  it('stops the server that started when the other one can not', async () => {
    const own = join(stateRoot(), `int/spec-half-${process.pid}`);
    const { KAFKA_BROKERS: brokers, DATABASE_URL: url } = process.env;
    delete process.env['DATABASE_URL'];
    delete process.env['KAFKA_BROKERS'];
    try {
      writePidFile(join(own, 'x'), { pid: 0, startTicks: '', marker: '' });
      writeFileSync(join(own, 'kafka'), 'a file where the folder of Kafka should be');
      await expect(startPlatform({ stateDir: own, log: () => undefined })).rejects.toThrow(/EEXIST|ENOTDIR/);
      const listed = await import('node:fs').then(({ readdirSync }) => readdirSync(join(own, 'postgres')));
      expect(listed).toContain('data');
      expect(listed).not.toContain('pid');
    } finally {
      Object.assign(process.env, { DATABASE_URL: url, KAFKA_BROKERS: brokers });
      removeState(own);
    }
  });
});

function fail(line: string): void {
  throw new Error(`unexpected: ${line}`);
}
