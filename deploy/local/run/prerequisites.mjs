// What must be on the machine before anything of ours can run.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installPackages } from './packages.mjs';
import { Unavailable, root, say, step } from './progress.mjs';
import { pythonCommand } from './python.mjs';

const NODE = [20, 19];

/** A command that must be there, and the Debian package that brings it. */
const WARD = {
  'ovs-vswitchd': 'openvswitch-switch',
  storescu: 'dcmtk',
  dnsmasq: 'dnsmasq-base',
  tcpdump: 'tcpdump',
  ethtool: 'ethtool',
  ping: 'iputils-ping',
  ip: 'iproute2',
  ps: 'procps',
};

/** What the ward's 802.1X is made of: the switch's side, the RADIUS server with its REST module, the device's side. */
const RADIUS = {
  hostapd: 'hostapd',
  freeradius: 'freeradius',
  '/usr/lib/freeradius/rlm_rest.so': 'freeradius-rest',
  radclient: 'freeradius-utils',
  wpa_supplicant: 'wpasupplicant',
};

/** Peers of the NAC drivers' tests, and the decoder that the flow sensors' are compared with. */
const PEERS = { snmpd: 'snmpd', snmpset: 'snmp', nfcapd: 'nfdump' };

/** `ward`, `browser`, `radius` and `peers` say what is wanted beside Node, PostgreSQL and Kafka. */
export async function bringPrerequisites({ ward, browser, radius, peers }) {
  checkNode();
  if (process.platform !== 'linux') throw new Unavailable('Lazaret runs here on Linux only: use "docker compose up".');
  const isRoot = process.getuid() === 0;
  if (ward && !isRoot) {
    throw new Unavailable(
      'The ward is made of network namespaces, which only root may create: run "sudo npm run demo" or "sudo npm test".',
    );
  }
  const programs = {
    setpriv: 'util-linux',
    ...(ward ? WARD : {}),
    ...(radius ? RADIUS : {}),
    ...(peers ? PEERS : {}),
  };
  const missing = [...missingPackages(programs), ...(peers ? missingForPython() : []), ...missingForKafka()];
  if (missing.length > 0) await bring(missing, isRoot);
  checkJava();
  if (browser && findCommand('chromium') === undefined) await bringBrowser(isRoot);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE[0] || (major === NODE[0] && minor >= NODE[1])) return;
  throw new Unavailable(`Node ${NODE.join('.')} or newer is needed and this is ${process.version}: install it first.`);
}

function missingPackages(commands) {
  return Object.entries(commands)
    .filter(([command]) => !(command.endsWith('.so') ? existsSync(command) : findCommand(command)))
    .map(([, name]) => name);
}

/** Debian splits what makes an environment from its Python. */
function missingForPython() {
  try {
    execFileSync(pythonCommand(), ['-c', 'import ensurepip, venv'], { stdio: 'ignore' });
    return [];
  } catch {
    return ['python3', 'python3-venv'];
  }
}

function missingForKafka() {
  if (process.env.KAFKA_BROKERS) return [];
  const cache = join(root, '.lazaret/cache/kafka');
  const hasJars = existsSync(cache) && readdirSync(cache).length > 0;
  const java = findCommand(javaCommand());
  if (java === undefined && process.env.JAVA_HOME) {
    throw new Unavailable(
      `JAVA_HOME is ${process.env.JAVA_HOME} and holds no bin/java: correct it, or run "unset JAVA_HOME".`,
    );
  }
  return [
    ...(java === undefined ? ['default-jre-headless'] : []),
    ...(hasJars || findCommand('mvn') !== undefined ? [] : ['maven']),
  ];
}

function checkJava() {
  if (process.env.KAFKA_BROKERS) return;
  // Java prints its version on the error stream.
  const text = execFileSync('sh', ['-c', '"$0" -version 2>&1', javaCommand()], { encoding: 'utf8' });
  const major = Number(/version "(\d+)/.exec(text)?.[1]);
  if (major >= 17) return;
  throw new Unavailable(
    `Kafka needs Java 17 or newer and this is ${major}: run "apt-get install -y openjdk-17-jre-headless" or set JAVA_HOME.`,
  );
}

function javaCommand() {
  return process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : 'java';
}

async function bring(packages, isRoot) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (!isRoot) throw new Unavailable(`Missing on this machine: run "sudo ${command}".`);
  if (findCommand('apt-get') === undefined) {
    throw new Unavailable(`Missing, and there is no apt-get to bring them: install ${packages.join(', ')}.`);
  }
  const failure = await step(`installing ${packages.join(' ')}`, () => installPackages(packages));
  if (failure !== undefined) throw new Unavailable(`Could not install packages: run "${command}".\n${failure}`);
}

/** The console's browser test skips itself without a browser, so this may fail. */
async function bringBrowser(isRoot) {
  const failure =
    isRoot && findCommand('apt-get') !== undefined
      ? await step('installing chromium', () => installPackages(['chromium']))
      : 'not root, or no apt-get';
  if (failure !== undefined) say('  chromium is missing: run "apt-get install -y chromium" to test the console too.');
}

/** Full path of a command. The folders of system commands are looked into even when PATH lacks them. */
export function findCommand(name) {
  if (name.includes('/')) return isExecutable(name) ? name : undefined;
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin', '/bin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
