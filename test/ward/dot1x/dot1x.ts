import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { outside, type Enclosure } from '../enclosure/enclosure.js';
import type { Layout } from '../layout.js';
import { MANAGEMENT } from '../network.js';
import { DOT1X_PORTS, RADIUS_PORTS } from './configs.js';
import type { PortAgentRecord } from './port-agent.js';

/** A session as the switch's authenticator (hostapd) shows it. */
export interface Dot1xSession {
  mac: string;
  /** What accounting and Disconnect call `Acct-Session-Id`. */
  sessionId: string;
  user: string;
  vlan: number;
}

/** Request attributes and answer of the RADIUS server, as a second client (`radclient`) had them. */
export interface ServerAnswer {
  code: string;
  /** `Name = value` in the order of the packet. */
  attributes: string[];
}

const MRI = DOT1X_PORTS.mri;

/** The ward's 802.1X as its engineer and the tests' witnesses see it: by the programs' own tools, never through the product. */
export class WardDot1x {
  constructor(
    private readonly enclosure: Enclosure,
    private readonly layout: Layout,
  ) {}

  /** The MRI's session, if it has one. */
  async session(): Promise<Dot1xSession | undefined> {
    const { hostapd } = this.layout.radius;
    const words = ['hostapd_cli', '-p', hostapd, '-s', hostapd, '-i', MRI.link, 'sta', MRI.mac];
    const { stdout } = await this.enclosure.run('switch', words);
    const field = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(stdout)?.[1] ?? '';
    if (!field('flags').includes('[AUTHORIZED]')) return undefined;
    return {
      mac: MRI.mac,
      sessionId: field('dot1xAuthSessionId'),
      user: field('dot1xAuthSessionUserName'),
      vlan: Number(field('vlan_id')),
    };
  }

  /** What the port agent has done at the MRI's port, oldest first. */
  async records(): Promise<PortAgentRecord[]> {
    const text = await readFile(join(this.layout.log, 'port-agent.log'), 'utf8');
    return text
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as PortAgentRecord)
      .filter(({ link }) => link === MRI.link);
  }

  /** Waits until the port agent has applied a session that began after `since` (ms since 1970). */
  async untilAuthorized(since: number, timeoutMs = 20_000): Promise<Extract<PortAgentRecord, { event: 'authorized' }>> {
    for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(50)) {
      for (const record of await this.records()) if (record.event === 'authorized' && record.at > since) return record;
    }
    throw new Error(`no session began within ${timeoutMs} ms`);
  }

  /** Asks the RADIUS server, as a client of its own, what the MRI would get now (Authorize-Only). */
  async ask(): Promise<ServerAnswer> {
    const attributes = [
      `User-Name = "${MRI.identity}"`,
      'Service-Type = Authorize-Only',
      `Calling-Station-Id = "${stationId(MRI.mac)}"`,
      'Message-Authenticator = 0x00',
    ];
    return this.radclient('auth', RADIUS_PORTS.authentication, this.layout.radius.secrets.client, attributes);
  }

  /** An engineer's hand: ends the MRI's session by a Disconnect request with its own id. */
  async disconnect(sessionId: string): Promise<ServerAnswer> {
    const attributes = [
      `Calling-Station-Id = "${stationId(MRI.mac)}"`,
      `Acct-Session-Id = "${sessionId}"`,
      `NAS-IP-Address = ${MANAGEMENT.switchAddress}`,
      `Event-Timestamp = ${Math.floor(Date.now() / 1000)}`,
      'Message-Authenticator = 0x00',
    ];
    const { dynamicAuthorization: secret } = this.layout.radius.secrets;
    return this.radclient('disconnect', RADIUS_PORTS.dynamicAuthorization, secret, attributes);
  }

  /** The MRI leaves, or comes back: without it nobody is connected at its port. */
  async logOff(): Promise<void> {
    await this.supplicant('logoff');
  }

  async logOn(): Promise<void> {
    await this.supplicant('logon');
  }

  private async supplicant(command: string): Promise<void> {
    const supplicant = join(this.layout.radius.supplicant, MRI.host);
    await this.enclosure.must('mri', ['wpa_cli', '-p', supplicant, '-s', supplicant, '-i', 'wl-e0', command]);
  }

  private async radclient(
    command: string,
    port: number,
    secretFile: string,
    attributes: string[],
  ): Promise<ServerAnswer> {
    const address = command === 'disconnect' ? MANAGEMENT.switchAddress : MANAGEMENT.hostAddress;
    const words = ['radclient', '-x', '-r', '2', '-t', '2', '-S', secretFile, `${address}:${port}`, command];
    const { stdout } = await outside([
      'sh',
      '-c',
      'printf "%s" "$1" | { shift; "$@"; }',
      'sh',
      attributes.join(', '),
      ...words,
    ]);
    const at = stdout.indexOf('Received ');
    const [first = '', ...rest] = at < 0 ? ['Received silence'] : stdout.slice(at).split('\n');
    return {
      code: first.split(' ')[1] ?? '',
      attributes: rest.filter((line) => /^\t/.test(line)).map((line) => line.trim()),
    };
  }
}

function stationId(mac: string): string {
  return mac.toUpperCase().replaceAll(':', '-');
}
