/**
 * The port agent: our stand-in for the hardware of a switch, and the only home-made part of the ward's 802.1X. The
 * authenticator is hostapd, the RADIUS server FreeRADIUS, the supplicant wpa_supplicant; none of them moves a port.
 *
 * A session begins: its VLAN comes from hostapd, its filter from the RADIUS server by an Authorize-Only request (as a
 * switch fetches a downloadable list), and the flows are in force before the port gets the VLAN. A session ends: the
 * port is parked first, then the flows go and the link is bounced, as a switch does so that the device asks again.
 *
 * Argument: PortAgentPlan as JSON. Each thing that it did is a line of JSON on stdout.
 */
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parseFilter, type FilterRule } from './filter-rule.js';
import type { PortAgentPlan } from './port-agent.js';
import { sessionCookie, sessionFlows } from './port-flows.js';

const plan = JSON.parse(process.argv[2] ?? '') as PortAgentPlan;
const run = promisify(execFile);
const HOSTAPD = ['-p', plan.hostapd, '-s', plan.hostapd, '-i', plan.link];

interface Session {
  mac: string;
  vlan: number;
  user: string;
  id: string;
}

let wanted: string | null = null;

function say(event: string, more: object = {}): void {
  console.log(JSON.stringify({ at: Date.now(), event, ...more }));
}

async function hostapd(...words: string[]): Promise<string> {
  return (await run('hostapd_cli', [...HOSTAPD, ...words])).stdout;
}

async function sessionOf(mac: string): Promise<Session | undefined> {
  const fields = new Map(
    (await hostapd('sta', mac)).split('\n').map((line) => [line.replace(/=.*/, ''), line.replace(/^[^=]*=/, '')]),
  );
  if (!fields.has('flags')) return undefined;
  const [vlan = '', user = '', id = ''] = ['vlan_id', 'dot1xAuthSessionUserName', 'dot1xAuthSessionId'].map((name) =>
    fields.get(name),
  );
  return { mac, vlan: Number(vlan), user, id };
}

/** What the server authorizes a session for. One that does not answer does not say "no filter". */
async function authorizationOf({ mac, user, id, vlan }: Session): Promise<{ vlan: number; rules: FilterRule[] }> {
  const attributes = [
    `User-Name = "${user}"`,
    'Service-Type = Authorize-Only',
    `Calling-Station-Id = "${mac.toUpperCase().replaceAll(':', '-')}"`,
    `Acct-Session-Id = "${id}"`,
    `NAS-IP-Address = ${plan.address}`,
    `NAS-Identifier = "${plan.identifier}"`,
    `NAS-Port-Id = "${plan.link}"`,
    'Message-Authenticator = 0x00',
  ];
  const words = ['-x', '-r', '3', '-t', '1', '-S', plan.secretFile, plan.server, 'auth'];
  const asking = run('radclient', words);
  asking.child.stdin?.end(attributes.join(', '));
  const { stdout } = await asking;
  const answer = stdout.slice(stdout.indexOf('Received Access-Accept'));
  const filter = [...answer.matchAll(/^\s*NAS-Filter-Rule \+?= "(.*)"$/gm)].map(([, text = '']) => unescape(text));
  const answered = /^\s*Tunnel-Private-Group-Id\S* = "(\d+)"$/m.exec(answer)?.[1];
  return { vlan: answered === undefined ? vlan : Number(answered), rules: parseFilter(filter) };
}

/** radclient prints octets that are no text as `\000`. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

async function setFlows(lines: string[]): Promise<void> {
  const bundle = [`delete cookie=0x${sessionCookie(plan.ofport).toString(16)}/-1`, ...lines];
  const adding = run('ovs-ofctl', ['-O', 'OpenFlow14', '--bundle', 'add-flows', `unix:${plan.bridgeSocket}`, '-']);
  adding.child.stdin?.end(`${bundle.join('\n')}\n`);
  await adding;
}

async function setVlan(vlan: number): Promise<void> {
  await run('ovs-vsctl', ['--timeout=10', `--db=unix:${plan.ovsdbSocket}`, 'set', 'port', plan.link, `tag=${vlan}`]);
}

async function begin(mac: string): Promise<void> {
  wanted = mac;
  while (wanted === mac) {
    const session = await sessionOf(mac);
    if (!session) return;
    try {
      const { vlan, rules } = await authorizationOf(session);
      await setFlows(sessionFlows({ ofport: plan.ofport, mac, uplink: plan.uplink }, rules));
      await setVlan(vlan);
      return say('authorized', { ...session, vlan, rules: rules.length });
    } catch (error) {
      say('not-applied', { ...session, reason: String(error).slice(0, 300) });
      await sleep(1000);
    }
  }
}

async function end(mac: string): Promise<void> {
  wanted = null;
  await setVlan(plan.parkVlan);
  await setFlows([]);
  say('parked', { mac });
  await run('ip', ['link', 'set', plan.link, 'down']);
  await sleep(300);
  await run('ip', ['link', 'set', plan.link, 'up']);
  // hostapd keeps the dead entry for 5 s and hears nothing of that device meanwhile. A wired supplicant does not see a
  // bounce, so the switch has to ask it.
  for (let i = 0; i < 80 && (await sessionOf(mac)); i += 1) await sleep(100);
  await hostapd('new_sta', mac);
  say('asked', { mac });
}

/** hostapd_cli runs a program for each event, and that program's output is ours. */
async function follow(): Promise<void> {
  const listener = spawn('hostapd_cli', [...HOSTAPD, '-a', plan.actionFile], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = Promise.resolve();
  const next = (work: () => Promise<void>): void => {
    last = last.then(work).catch((error: unknown) => say('fault', { reason: String(error).slice(0, 300) }));
  };
  createInterface({ input: listener.stdout }).on('line', (line) => {
    const [, event, mac = ''] = line.split(' ');
    if (event === 'AP-STA-CONNECTED') next(() => begin(mac));
    if (event === 'AP-STA-DISCONNECTED') {
      wanted = null;
      next(() => end(mac));
    }
  });
  say('ready');
  const code = await new Promise((resolve) => listener.once('exit', resolve));
  throw new Error(`hostapd_cli ended with ${String(code)}`);
}

await follow();
