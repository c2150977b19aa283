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
import { passOn } from './dynamic-authorization.client.js';
import { parseFilter, type FilterRule } from './filter-rule.js';
import type { AgentPort, PortAgentPlan } from './port-agent.js';
import { sessionCookie, sessionFlows } from './port-flows.js';

const plan = JSON.parse(process.argv[2] ?? '') as PortAgentPlan;
const run = promisify(execFile);

interface Session {
  mac: string;
  vlan: number;
  user: string;
  id: string;
}

/** One port, whose hostapd is asked and whose flows and VLAN are set. */
class Port {
  private wanted: string | null = null;
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly port: AgentPort) {}

  /** hostapd_cli runs a program for each event, and that program's output is ours. */
  async follow(): Promise<void> {
    const words = [...this.cli(), '-a', plan.actionFile];
    const listener = spawn('hostapd_cli', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: listener.stdout }).on('line', (line) => {
      const [, event, mac = ''] = line.split(' ');
      if (event === 'AP-STA-CONNECTED') this.next(() => this.begin(mac));
      if (event === 'AP-STA-DISCONNECTED') {
        this.wanted = null;
        this.next(() => this.end(mac));
      }
    });
    this.say('ready');
    const code = await new Promise((resolve) => listener.once('exit', resolve));
    throw new Error(`hostapd_cli of ${this.port.link} ended with ${String(code)}`);
  }

  private say(event: string, more: object = {}): void {
    console.log(JSON.stringify({ at: Date.now(), link: this.port.link, event, ...more }));
  }

  private next(work: () => Promise<void>): void {
    const fault = (error: unknown): void => this.say('fault', { reason: String(error).slice(0, 300) });
    this.last = this.last.then(work).catch(fault);
  }

  private cli(): string[] {
    return ['-p', plan.hostapd, '-s', plan.hostapd, '-i', this.port.link];
  }

  private async hostapd(...words: string[]): Promise<string> {
    return (await run('hostapd_cli', [...this.cli(), ...words])).stdout;
  }

  private async begin(mac: string): Promise<void> {
    const { ofport, uplink } = this.port;
    this.wanted = mac;
    while (this.wanted === mac) {
      const session = await this.session(mac);
      if (!session) return;
      try {
        const { vlan, rules } = await authorizationOf(this.port, session);
        await this.setFlows(sessionFlows({ ofport, mac, uplink }, rules));
        await this.setVlan(vlan);
        return this.say('authorized', { ...session, vlan, rules: rules.length });
      } catch (error) {
        this.say('not-applied', { ...session, reason: String(error).slice(0, 300) });
        await sleep(1000);
      }
    }
  }

  private async end(mac: string): Promise<void> {
    const { link } = this.port;
    this.wanted = null;
    await this.setVlan(plan.parkVlan);
    await this.setFlows([]);
    this.say('parked', { mac });
    await run('ip', ['link', 'set', link, 'down']);
    await sleep(300);
    await run('ip', ['link', 'set', link, 'up']);
    // hostapd keeps the dead entry for 5 s and hears nothing of that device meanwhile. A wired supplicant does not see a
    // bounce, so the switch has to ask it.
    for (let i = 0; i < 80 && (await this.session(mac)); i += 1) await sleep(100);
    await this.hostapd('new_sta', mac);
    this.say('asked', { mac });
  }

  private async session(mac: string): Promise<Session | undefined> {
    const text = await this.hostapd('sta', mac);
    const field = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? '';
    // An entry that is about to go has no flags any more, but it is there.
    if (!/^flags=/m.test(text)) return undefined;
    const [user, id] = [field('dot1xAuthSessionUserName'), field('dot1xAuthSessionId')];
    return { mac, vlan: Number(field('vlan_id')), user, id };
  }

  private async setFlows(lines: string[]): Promise<void> {
    const bundle = [`delete cookie=0x${sessionCookie(this.port.ofport).toString(16)}/-1`, ...lines];
    const adding = run('ovs-ofctl', ['-O', 'OpenFlow14', '--bundle', 'add-flows', `unix:${plan.bridgeSocket}`, '-']);
    adding.child.stdin?.end(`${bundle.join('\n')}\n`);
    await adding;
  }

  private async setVlan(vlan: number): Promise<void> {
    const words = ['--timeout=10', `--db=unix:${plan.ovsdbSocket}`, 'set', 'port', this.port.link, `tag=${vlan}`];
    await run('ovs-vsctl', words);
  }
}

/** What the server authorizes a session for. One that does not answer does not say "no filter". */
async function authorizationOf(
  { link }: AgentPort,
  { mac, user, id, vlan }: Session,
): Promise<{ vlan: number; rules: FilterRule[] }> {
  const attributes = [
    `User-Name = "${user}"`,
    'Service-Type = Authorize-Only',
    `Calling-Station-Id = "${mac.toUpperCase().replaceAll(':', '-')}"`,
    `Acct-Session-Id = "${id}"`,
    `NAS-IP-Address = ${plan.address}`,
    `NAS-Identifier = "${plan.identifier}"`,
    `NAS-Port-Id = "${link}"`,
    'Message-Authenticator = 0x00',
  ];
  const asking = run('radclient', ['-x', '-r', '3', '-t', '1', '-S', plan.secretFile, plan.server, 'auth']);
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

await passOn(plan);
await Promise.all(plan.ports.map((port) => new Port(port).follow()));
