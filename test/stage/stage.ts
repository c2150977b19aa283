import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { freePorts } from '../../deploy/local/free-port.js';
import { startPlatform, type Platform } from '../../deploy/local/platform.js';
import { repositoryRoot, stateRoot } from '../../deploy/local/repository.js';
import { startServices, type Services } from '../../deploy/local/services.js';
import { SERVICES, type ServiceName } from '../../deploy/prepare/service-databases.js';
import { layoutOf } from '../ward/layout.js';
import { DOT1X_PORTS, PHANTOM, startWard, type Ward } from '../ward/index.js';
import { prepareDatabase } from './databases.js';
import { Recorder } from './recorder.client.js';
import { Rest } from './rest.client.js';
import * as site from './site-files.js';

export interface StageRequest {
  /** Folder of this stage below `.lazaret/`; short, since the ward's sockets lie in it. */
  name: string;
  log: (line: string) => void;
  /** What the policy file holds; default: the demo's, which isolates alone. */
  policy?: object;
  /** `radius`: the MRI is let in by IEEE 802.1X, and Lazaret works through the RADIUS server. Default: at the switch itself. */
  nac?: 'radius';
  /** Changes a service's configuration before it starts. */
  configure?: (service: ServiceName, config: object) => object;
  inventory?: string;
  /** Start a service again at once when it dies. Default true. */
  autoRestart?: boolean;
}

/** The ward with Lazaret running in it: what the demo, the end-to-end tests and the benchmarks play on. */
export interface Stage {
  platform: Platform;
  ward: Ward;
  services: Services;
  recorder: Recorder;
  /** Without a token: `rest.as(tokens.approver)`. */
  rest: Rest;
  tokens: Record<'viewer' | 'operator' | 'approver' | 'approver2' | 'admin', string>;
  /** The device id of an asset, as discovery made it. */
  deviceId(asset: string): Promise<string>;
  /** Runs the command line as an operator would. */
  lazaret(words: string[], token?: string): Promise<{ code: number; stdout: string; stderr: string }>;
  places: site.SitePlaces;
  /** How long from the first service process to all four ready, in ms. */
  servicesReadyInMs: number;
  close(): Promise<void>;
}

/** Sets the stage from nothing: fresh database, fresh topics, a fresh ward, the site's files, four services, the inventory. */
export async function openStage(request: StageRequest): Promise<Stage> {
  const folder = join(stateRoot(), request.name);
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    // What an earlier run left would be taken for this one's.
    for (const old of ['site', 'undo', 'logs']) await rm(join(folder, old), { recursive: true, force: true });
    const started = performance.now();
    const nac = request.nac ? await writeNac(folder) : null;
    const dot1x = nac ? { dot1x: await site.serverAdditions(nac) } : {};
    const [platform, ward] = await both(
      startPlatform({ stateDir: folder, log: request.log, fresh: true }).then((p) => (closers.push(() => p.stop()), p)),
      startWard({ dir: join(folder, 'ward'), log: request.log, ...dot1x }).then(
        (w) => (closers.push(() => w.stop()), w),
      ),
    );
    request.log(`PostgreSQL, Kafka and the ward are up (${seconds(started)})`);
    const databaseUrls = await prepareDatabase(platform);
    request.log(`schemas, roles and topics are made (${seconds(started)})`);
    const recorder = await Recorder.open(platform.kafkaBrokers, join(folder, 'events.log'));
    closers.push(() => recorder.close());
    const places = await writeSite(folder, ward, request, nac);
    if (nac) closers.push(startProbeAgent(ward, nac));
    const before = performance.now();
    const services = await startServices({
      services: SERVICES.map((name) => ({
        name,
        env: {
          LAZARET_CONFIG: join(places.folder, `${name}.yaml`),
          DATABASE_URL: databaseUrls[name],
          KAFKA_BROKERS: platform.kafkaBrokers,
        },
      })),
      stateDir: folder,
      log: request.log,
      autoRestart: request.autoRestart ?? true,
    });
    closers.push(() => services.stop());
    const servicesReadyInMs = performance.now() - before;
    request.log(
      `four services ready in ${(servicesReadyInMs / 1000).toFixed(1)} s (${seconds(started)} since the start)`,
    );
    await ward.exportIpfix();
    const lazaret = commandLine(places, databaseUrls.orchestrator);
    const rest = new Rest(`http://127.0.0.1:${places.httpPort}`);
    const tokens = await makeTokens(lazaret, rest);
    const csv = request.inventory ?? site.inventoryCsv();
    await rest.must(rest.as(tokens.admin).post('/v1/inventory', csv, 'text/csv'));
    const stage: Stage = {
      platform,
      ward,
      services,
      recorder,
      rest,
      tokens,
      deviceId: (asset) => deviceIdOf(recorder, asset),
      lazaret,
      places,
      servicesReadyInMs,
      close,
    };
    await attached(stage);
    if (nac) await sessionsKnown(nac);
    return stage;
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

/** Waits for both; when one fails, the other is waited for too, so that it can be closed. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  const [first, second] = await Promise.allSettled([a, b]);
  if (first.status === 'rejected') throw first.reason;
  if (second.status === 'rejected') throw second.reason;
  return [first.value, second.value];
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** The RADIUS server reads where to ask when it starts: before Lazaret does. */
async function writeNac(folder: string): Promise<site.NacPlaces> {
  const [policyPort = 0] = await freePorts(1);
  const policyToken = randomBytes(24).toString('hex');
  const tokenFile = join(folder, 'site/radius-policy.token');
  await mkdir(join(folder, 'site'), { recursive: true });
  await writeFile(tokenFile, `${policyToken}\n`, { mode: 0o600 });
  const { secrets } = layoutOf(join(folder, 'ward')).radius;
  return {
    policyPort,
    policyToken,
    tokenFile,
    snapshotFile: join(folder, 'site/radius-policy.json'),
    secretFile: secrets.dynamicAuthorization,
    probeSocket: join(folder, 'site/probe.sock'),
  };
}

/** Makes a drill's attempts where the peers of images are. Returns how to end it. */
function startProbeAgent(ward: Ward, { probeSocket }: site.NacPlaces): () => Promise<void> {
  const agent = join(repositoryRoot(), 'dist/apps/enforcement/src/drill/agent.command.js');
  const [program = '', ...words] = ward.enter('worklist');
  const own = [process.execPath, agent, '--socket', probeSocket, '--only', PHANTOM.address];
  const child = spawn(program, [...words, ...own], { stdio: 'ignore' });
  return async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
}

async function writeSite(
  folder: string,
  ward: Ward,
  request: StageRequest,
  nac: site.NacPlaces | null,
): Promise<site.SitePlaces> {
  const [httpPort = 0] = await freePorts(1);
  const places: site.SitePlaces = {
    folder: join(folder, 'site'),
    policyFile: join(folder, 'site/policy.yaml'),
    undoDirectory: join(folder, 'undo'),
    dnsQueries: ward.layout.dns.queries,
    dnsLeases: ward.layout.dns.leases,
    switchControl: ward.layout.vswitchdControl,
    httpPort,
    nac,
  };
  await Promise.all([places.folder, places.undoDirectory].map((path) => mkdir(path, { recursive: true })));
  const configs: Record<ServiceName, object> = {
    discovery: site.discoveryConfig(places),
    'risk-scoring': site.riskScoringConfig(),
    orchestrator: site.orchestratorConfig(places),
    enforcement: site.enforcementConfig(places),
  };
  const configure = request.configure ?? ((_: ServiceName, config: object) => config);
  for (const name of SERVICES) {
    await writeFile(join(places.folder, `${name}.yaml`), stringify(configure(name, configs[name])));
  }
  await writeFile(places.policyFile, stringify(request.policy ?? site.policy({ alone: true })));
  await writeFile(join(places.folder, 'inventory.csv'), request.inventory ?? site.inventoryCsv());
  return places;
}

function commandLine(places: site.SitePlaces, databaseUrl: string): Stage['lazaret'] {
  const main = join(repositoryRoot(), 'dist/apps/cli/src/main.js');
  return (words, token) =>
    new Promise((resolve) => {
      const env = {
        ...process.env,
        LAZARET_URL: `http://127.0.0.1:${places.httpPort}`,
        LAZARET_UNDO_DIRECTORY: places.undoDirectory,
        DATABASE_URL: databaseUrl,
        ...(token ? { LAZARET_TOKEN: token } : {}),
      };
      const child = execFile(process.execPath, [main, ...words], { env }, (error, stdout, stderr) => {
        resolve({ code: error ? (child.exitCode ?? 1) : 0, stdout, stderr });
      });
    });
}

/** The first token comes from beside the database, the others from an admin. */
async function makeTokens(lazaret: Stage['lazaret'], rest: Rest): Promise<Stage['tokens']> {
  const { code, stdout, stderr } = await lazaret(['token', 'create', '--name', 'admin', '--role', 'admin']);
  if (code !== 0) throw new Error(`no token for admin: ${stderr}`);
  const admin = stdout.trim();
  const expires = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
  const make = async (name: string, role: string): Promise<string> => {
    const made = rest.as(admin).post<{ token: string }>('/v1/tokens', { name, role, expires });
    return (await rest.must(made)).token;
  };
  const [viewer, operator, approver, approver2] = await Promise.all([
    make('viewer', 'viewer'),
    make('operator', 'operator'),
    make('approver', 'approver'),
    make('approver2', 'approver'),
  ]);
  return { viewer, operator, approver, approver2, admin };
}

async function deviceIdOf(recorder: Recorder, asset: string): Promise<string> {
  const { event } = await recorder.until(
    'lazaret.device.changed',
    ({ data }) => data.asset === asset,
    20_000,
    `device ${asset}`,
  );
  return event.data.deviceId;
}

/** Sessions that are older than Lazaret are told to it with the switch's next interim accounting, every 10 s. */
async function sessionsKnown({ snapshotFile }: site.NacPlaces): Promise<void> {
  const macs = Object.values(DOT1X_PORTS).map(({ mac }) => mac);
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(100)) {
    const text = await readFile(`${snapshotFile}.sessions`, 'utf8').catch(() => '');
    if (macs.every((mac) => text.includes(mac))) return;
  }
  throw new Error('Lazaret has not heard of the 802.1X sessions within 30 s');
}

/** Discovery knows where the modalities are plugged in, and their contracts are resolved. */
async function attached({ recorder }: Stage): Promise<void> {
  for (const asset of ['mri-1', 'mri-2', 'ct-1']) {
    const { event } = await recorder.until(
      'lazaret.device.changed',
      ({ data }) => data.asset === asset && data.interfaces.every((i) => i.port !== null && i.linkUp),
      30_000,
      `${asset} is plugged in`,
    );
    await recorder.until(
      'lazaret.contract.resolved',
      ({ subject, data }) => subject === event.subject && data.flows.length > 0 && data.unresolved.length === 0,
      30_000,
      `contract of ${asset}`,
    );
  }
}
