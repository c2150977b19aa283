import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { Conversation } from '../../apps/enforcement/src/drivers/radius/conversation.client.js';
import { encodeNamed, type Named } from '../../apps/enforcement/src/drivers/radius/wire/dictionary.js';
import { CODE } from '../../apps/enforcement/src/drivers/radius/wire/packet.js';
import { isPortFree } from '../../deploy/local/free-port.js';
import { startSwitch } from './coa-server.js';
import { summaryOf } from './summary.js';

/**
 * `npm run bench:coa`: CoA round trips a second of our client beside FreeRADIUS's own `radclient`, by turns, against the
 * same FreeRADIUS as the switch. Both sign each request with Message-Authenticator and check each answer. radclient gets
 * the best of several degrees of parallelism, as we do, found in a round before. Both figures are from the beginning of
 * the work to the last answer; what radclient takes to start and to ask one question is taken off.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    requests: { type: 'string', default: '4000' },
    json: { type: 'boolean', default: false },
  },
});

const SECRET = 'coasecret';
const PARALLEL = [20, 50, 100, 200] as const;
const run = promisify(execFile);

interface Bench {
  port: number;
  folder: string;
  requests: number;
}

function attributesOf(index: number, now: number): Named[] {
  const mac = [
    '02-00-00',
    ...[index >> 16, index >> 8, index].map((part) => (part & 255).toString(16).padStart(2, '0')),
  ];
  return [
    ['NAS-IP-Address', '10.99.0.2'],
    ['Calling-Station-Id', mac.join('-').toUpperCase()],
    ['Acct-Session-Id', `S${index}`],
    ['Event-Timestamp', now],
  ];
}

/** Round trips a second of our own client. Each of `parallel` asks its next question when its last is answered. */
async function ours({ port, requests }: Bench, parallel: number): Promise<number> {
  const conversation = new Conversation('127.0.0.1', port);
  const secret = Buffer.from(SECRET);
  let next = 0;
  let acknowledged = 0;
  const worker = async (): Promise<void> => {
    while (next < requests) {
      const attributes = attributesOf(next++, Math.floor(Date.now() / 1000)).map(encodeNamed);
      const question = {
        code: CODE.coaRequest,
        attributes,
        messageAuthenticator: true,
        secret,
        firstMs: 2000,
        sendings: 4,
      };
      const outcome = await conversation.ask(question);
      if (outcome.kind === 'answered' && outcome.packet.code === CODE.coaAck) acknowledged++;
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: parallel }, worker));
  const seconds = (performance.now() - start) / 1000;
  conversation.close();
  if (acknowledged !== requests) throw new Error(`${acknowledged} of ${requests} acknowledged`);
  return requests / seconds;
}

async function radclient({ port, folder, requests }: Bench, parallel: number): Promise<number> {
  const one = await timed(() => radclientRun(folder, port, 'one', parallel, 1));
  const all = await timed(() => radclientRun(folder, port, 'all', parallel, requests));
  return (requests - 1) / (all - one);
}

async function radclientRun(
  folder: string,
  port: number,
  file: string,
  parallel: number,
  count: number,
): Promise<void> {
  const words = [
    '-q',
    '-s',
    '-f',
    join(folder, file),
    '-p',
    `${parallel}`,
    '-r',
    '4',
    '-t',
    '2',
    '-S',
    join(folder, 'secret'),
  ];
  const { stdout } = await run('radclient', [...words, `127.0.0.1:${port}`, 'coa']);
  if (!new RegExp(`Accepted\\s*: ${count}\\b`).test(stdout)) throw new Error(`radclient: ${stdout}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Requests as radclient reads them, made anew for each round: their Event-Timestamp is within the window. */
async function writeRequests({ folder, requests }: Bench): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const text = (index: number): string => {
    const pairs = attributesOf(index, now).map(([name, value]) => {
      const isText = name === 'Calling-Station-Id' || name === 'Acct-Session-Id';
      return `${name} = ${isText ? `"${value}"` : value}`;
    });
    return [...pairs, 'Message-Authenticator = 0x00', ''].join('\n');
  };
  const all = Array.from({ length: requests }, (_, index) => text(index)).join('\n');
  await Promise.all([writeFile(join(folder, 'all'), `${all}\n`), writeFile(join(folder, 'one'), `${text(0)}\n`)]);
}

type Client = (bench: Bench, parallel: number) => Promise<number>;

/** The degree of parallelism by which a client is fastest. */
async function bestParallel(bench: Bench, client: Client): Promise<number> {
  const short = { ...bench, requests: Math.min(bench.requests, 1500) };
  await writeRequests(short);
  let best: { parallel: number; rate: number } = { parallel: PARALLEL[0], rate: 0 };
  for (const parallel of PARALLEL) {
    const rate = await client(short, parallel);
    if (rate > best.rate) best = { parallel, rate };
  }
  return best.parallel;
}

async function freePort(): Promise<number> {
  for (let port = 20_000 + (process.pid % 10_000); ; port++) if (await isPortFree(port)) return port;
}

function told(name: string, parallel: number, rates: number[]): string {
  const { median, min, max } = summaryOf(rates.map(Math.round));
  return `${name}: median ${median} round trips a second, ${min} to ${max} (${parallel} at a time)`;
}

async function main(): Promise<void> {
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`;
  console.log(machine);
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'lzb-'));
  const server = await startSwitch(folder, port, SECRET);
  try {
    await writeFile(join(folder, 'secret'), `${SECRET}\n`);
    const bench: Bench = { port, folder, requests: Number(values.requests) };
    const [oursAt, theirsAt] = [await bestParallel(bench, ours), await bestParallel(bench, radclient)];
    const [mine, theirs]: [number[], number[]] = [[], []];
    for (let round = 1; round <= Number(values.rounds); round++) {
      await writeRequests(bench);
      mine.push(await ours(bench, oursAt));
      theirs.push(await radclient(bench, theirsAt));
      console.log(`round ${round}: Lazaret ${mine.at(-1)?.toFixed(0)}, radclient ${theirs.at(-1)?.toFixed(0)}`);
    }
    const ratios = mine.map((rate, index) => Math.round((100 * rate) / (theirs[index] ?? 1)));
    const ratio = summaryOf(ratios);
    console.log(told('Lazaret', oursAt, mine));
    console.log(told('radclient', theirsAt, theirs));
    console.log(`ratio of each round: median ${ratio.median / 100}, ${ratio.min / 100} to ${ratio.max / 100}`);
    if (values.json) {
      const all = {
        lazaret: summaryOf(mine.map(Math.round)),
        radclient: summaryOf(theirs.map(Math.round)),
        percent: ratio,
      };
      console.log(JSON.stringify(all));
    }
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
