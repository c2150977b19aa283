import { Agent, request } from 'node:http';
import { StandInNas } from '../../../apps/enforcement/src/drivers/radius/testing/stand-in-nas.client.js';

/** Whom the RADIUS server of a switch would ask and tell. */
export interface PolicyEndpoint {
  id: string;
  port: number;
  token: string;
}

/** What becomes of requests that reach a switch. */
export type Mood = 'healthy' | 'silent' | 'refusing';

const ADMINISTRATIVELY_PROHIBITED = 501;

/**
 * Stand-ins for switches, each with its own address of RFC 5176 and its own sessions. In place of a RADIUS server they
 * ask Lazaret's policy endpoint themselves when a session begins, and tell it of sessions, in the form of FreeRADIUS.
 */
export class StormSwitches {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });
  private readonly switches = new Map<string, StandInNas>();

  private constructor(private readonly endpointOf: (name: string) => PolicyEndpoint) {}

  static async open(
    names: readonly string[],
    secret: string,
    endpointOf: (name: string) => PolicyEndpoint,
  ): Promise<StormSwitches> {
    const storm = new StormSwitches(endpointOf);
    for (const name of names) {
      const nas = await StandInNas.open(secret);
      nas.comesBack = (mac, port) => void storm.begin(name, mac, port).catch(() => undefined);
      storm.switches.set(name, nas);
    }
    return storm;
  }

  portOf(name: string): number {
    return this.at(name).port;
  }

  /** The requests that a switch has heard, each once however often it was sent, that name this device. */
  disconnectsOf(name: string, mac: string): number {
    const named = Buffer.from(mac.replaceAll(':', '-').toUpperCase());
    const heard = this.at(name)
      .heard.map(({ datagram }) => datagram)
      .filter((one) => one.includes(named));
    return new Set(heard.map((one) => one.toString('hex'))).size;
  }

  vlanOf(name: string, mac: string): number | undefined {
    return this.at(name).sessions.get(mac)?.vlan;
  }

  setMood(name: string, mood: Mood): void {
    const habits = {
      healthy: { kind: 'does' },
      silent: { kind: 'is-silent' },
      refusing: { kind: 'refuses', cause: ADMINISTRATIVELY_PROHIBITED },
    } as const;
    this.at(name).habit = habits[mood];
  }

  /** A device connects: the policy is asked, the session begins with what it said, and accounting tells of it. */
  async begin(name: string, mac: string, port: string): Promise<void> {
    const nas = this.at(name);
    const before = nas.sessions.get(mac);
    if (before) await this.account(name, mac, before.id, 'Stop', '');
    const form = { ...this.formOf(name, mac, port), session: '', vlan: `${nas.homeVlan}` };
    const answer = await this.post(name, '/v1/policy', form);
    const { vlan, label } = answer === '' ? { vlan: nas.homeVlan, label: '' } : carriedBy(answer);
    nas.assigned.set(mac, { vlan, role: label });
    nas.connect(mac, port);
    await this.account(name, mac, nas.sessions.get(mac)?.id ?? '', 'Start', label);
  }

  async close(): Promise<void> {
    await Promise.all([...this.switches.values()].map((nas) => nas.close()));
    this.agent.destroy();
  }

  private account(
    name: string,
    mac: string,
    session: string,
    status: 'Start' | 'Stop',
    label: string,
  ): Promise<string> {
    const spare = { authentic: 'RADIUS', seconds: '0', delay: '0' };
    const classes = label === '' ? '' : `0x${Buffer.from(label).toString('hex')}`;
    const form = { ...this.formOf(name, mac, ''), session, status, class: classes, ...spare };
    return this.post(name, '/v1/accounting', form);
  }

  private formOf(name: string, mac: string, port: string): Record<string, string> {
    return { mac, user: mac, serviceType: '', nasAddress: '', nasIdentifier: name, port };
  }

  private at(name: string): StandInNas {
    const found = this.switches.get(name);
    if (!found) throw new Error(`no switch ${name}`);
    return found;
  }

  private post(name: string, path: string, form: Record<string, string>): Promise<string> {
    const { port, token } = this.endpointOf(name);
    const body = new URLSearchParams(form).toString();
    const headers = { authorization: `Bearer ${token}`, 'content-length': Buffer.byteLength(body) };
    const to = { host: '127.0.0.1', port, method: 'POST', path, headers, agent: this.agent };
    return new Promise((resolve, reject) => {
      const asked = request(to, (answer) => {
        answer.toArray().then((chunks) => {
          const text = Buffer.concat(chunks as Buffer[]).toString();
          if (answer.statusCode === 200 || answer.statusCode === 204) resolve(text);
          else reject(new Error(`${path} answered ${answer.statusCode}`));
        }, reject);
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }
}

function carriedBy(answer: string): { vlan: number; label: string } {
  const attributes = JSON.parse(answer) as Record<string, { value: (string | number)[] }>;
  const first = (name: string): string => String(attributes[`control:${name}`]?.value[0] ?? '');
  return { vlan: Number(first('Tunnel-Private-Group-Id')), label: first('Class') };
}
