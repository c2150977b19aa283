import { readFile } from 'node:fs/promises';
import { captureFile, startCapture, type Capture, type CapturePlace } from './capture/capture.js';
import { Clinic, type Modality, type ModalityName } from './dicom/clinic.js';
import type { ModalityRecord } from './dicom/journal.js';
import type { ModalityOptions } from './dicom/modality.js';
import type { ClinicalWitness } from './dicom/witness.js';
import { WardDot1x } from './dot1x/dot1x.js';
import type { Enclosure, Outcome } from './enclosure/enclosure.js';
import { cloneAtSpare, disguiseWorkstation, toHome, toSpare, unplugClone } from './hosts/plug.js';
import { WardResolver } from './hosts/resolver.js';
import type { Layout } from './layout.js';
import { HOSTS, SPARE, gatewayOf, linkLocalOf, type HostName, type SwitchedHost } from './network.js';
import { wardSource } from './programs.js';
import { WardSwitch } from './switch/switch.js';
import { infect, journalOf, type Infection, type Victim } from './worm/infection.js';
import { parseProfile } from './worm/profile.js';

export interface InfectOptions {
  /** Default `mri`. `clone` needs `plugClone` first, `ws` uses the address that it has then. */
  host?: Victim['host'];
  /** File name below `test/ward/profiles` without its end, e.g. `conficker`, or an absolute path. */
  profile?: string;
  /** What it looks up, in this order, for ever: the day's Conficker A and B names in turn. */
  names: string[];
  /** Of its random addresses. */
  seed?: number;
}

/** A running ward. Everything that it started ends with `stop()`, or with this process. */
export class Ward {
  readonly switch: WardSwitch;
  readonly dns: WardResolver;
  readonly clinic: Clinic;
  /** Of use only in a ward that was started with 802.1X. */
  readonly dot1x: WardDot1x;
  private captures = 0;
  private infections = 0;
  private disguise: string | undefined;

  constructor(
    private readonly enclosure: Enclosure,
    /** Where its sockets, logs, leases and files are. */
    readonly layout: Layout,
    /** How long the start took. */
    readonly startedInMs: number,
  ) {
    this.switch = new WardSwitch(enclosure, layout);
    this.dns = new WardResolver(enclosure, layout);
    this.clinic = new Clinic(enclosure, layout);
    this.dot1x = new WardDot1x(enclosure, layout);
  }

  /** Resolves when the ward has ended, also by itself. */
  get ended(): Promise<void> {
    return this.enclosure.ended;
  }

  stop(): Promise<void> {
    return this.enclosure.close();
  }

  /** Runs a program in a host, as its own user would. */
  run(host: HostName, words: string[], timeoutMs?: number): Promise<Outcome> {
    return this.enclosure.run(host, words, timeoutMs);
  }

  /** The words that, put before a command of a shell outside, run it in a host. */
  enter(host: HostName): string[] {
    return this.enclosure.enter(host);
  }

  exportIpfix(): Promise<void> {
    return this.switch.exportIpfix();
  }

  startModality(name: ModalityName, options?: ModalityOptions): Promise<Modality> {
    return this.clinic.startModality(name, options);
  }

  witness(sent: ModalityRecord[]): Promise<ClinicalWitness> {
    return this.clinic.witness(sent);
  }

  async infect(options: InfectOptions): Promise<Infection> {
    const host = options.host ?? 'mri';
    const profile = options.profile ?? 'conficker';
    const path = profile.startsWith('/') ? profile : wardSource(`profiles/${profile}.yaml`);
    const number = (this.infections += 1);
    const victim = await this.victim(host);
    const journal = journalOf(this.layout.worm, host, number);
    return infect(
      this.enclosure,
      victim,
      parseProfile(await readFile(path, 'utf8')),
      options.names,
      journal,
      options.seed ?? number,
    );
  }

  capture(place: CapturePlace, filter = ''): Promise<Capture> {
    return startCapture(this.enclosure, captureFile(this.layout.captures, (this.captures += 1), place), place, filter);
  }

  /** Number of answered pings of `count`, 50 ms apart. `ipv6` uses the link-local address. */
  async ping(from: HostName, to: SwitchedHost, options: { count?: number; ipv6?: boolean } = {}): Promise<number> {
    const { count = 3, ipv6 = false } = options;
    const target = ipv6 ? `${linkLocalOf(HOSTS[to].mac)}%wl-e0` : await this.addressOf(to);
    const words = ['ping', ipv6 ? '-6' : '-4', '-n', '-c', String(count), '-i', '0.05', '-W', '1', target];
    const { stdout } = await this.run(from, words);
    return Number(/(\d+) received/.exec(stdout)?.[1] ?? 0);
  }

  /** Whether a neighbour answers an ARP request. */
  async arp(from: HostName, to: SwitchedHost): Promise<boolean> {
    const address = await this.addressOf(to);
    await this.run(from, ['ip', 'neigh', 'del', address, 'dev', 'wl-e0']);
    await this.run(from, ['ping', '-4', '-n', '-c', '1', '-W', '1', address]);
    return (await this.run(from, ['ip', 'neigh', 'show', address, 'dev', 'wl-e0'])).stdout.includes('lladdr');
  }

  /** Moves a device's cable to the spare port, or back to its own; about 60 ms, open connections survive. */
  async replug(host: SwitchedHost, port: 'wl-spare' | 'home'): Promise<void> {
    await this.script(port === SPARE.port ? toSpare(HOSTS[host]) : toHome(HOSTS[host]));
  }

  /** Another host appears that uses a host's MAC and address: at the spare port as host `clone`, or it is the workstation. */
  async impersonate(of: 'mri' | 'mri2' | 'ct', at: 'clone' | 'ws'): Promise<void> {
    if (at === 'clone') return this.script(cloneAtSpare(HOSTS[of]));
    const { mac, address, vlan } = HOSTS[of];
    this.disguise = await this.addressOf('ws');
    await this.script(disguiseWorkstation({ mac, address, gateway: gatewayOf(vlan).address }));
  }

  async endImpersonation(at: 'clone' | 'ws'): Promise<void> {
    if (at === 'clone') return this.script(unplugClone());
    if (!this.disguise) return;
    const { mac, vlan } = HOSTS.ws;
    await this.script(disguiseWorkstation({ mac, address: this.disguise, gateway: gatewayOf(vlan).address }));
    this.disguise = undefined;
  }

  /** A host's IPv4 address; the workstation's is what its interface has now. */
  async addressOf(name: SwitchedHost): Promise<string> {
    const host = HOSTS[name];
    if ('address' in host) return host.address;
    const { stdout } = await this.run(name, ['ip', '-4', '-o', 'addr', 'show', 'wl-e0', 'scope', 'global']);
    const address = /inet ([\d.]+)/.exec(stdout)?.[1];
    if (!address) throw new Error(`${name} has no address`);
    return address;
  }

  private async victim(host: Victim['host']): Promise<Victim> {
    if (host !== 'clone') {
      const address = await this.addressOf(host);
      return { host, address, vlan: HOSTS[host].vlan };
    }
    const { stdout } = await this.run('clone', ['ip', '-4', '-o', 'addr', 'show', 'wl-e0', 'scope', 'global']);
    return { host, address: /inet ([\d.]+)/.exec(stdout)?.[1] ?? '', vlan: SPARE.vlan };
  }

  private async script(text: string): Promise<void> {
    await this.enclosure.must(undefined, ['bash', '-c', text]);
  }
}
