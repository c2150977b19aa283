import { readFile } from 'node:fs/promises';
import type { Enclosure } from '../enclosure/enclosure.js';
import type { Layout } from '../layout.js';
import { SERVICES } from '../network.js';
import { dnsCommand, quote } from '../services/commands.js';
import { waitForListener } from '../topology.js';

/** The ward's DNS and DHCP server, and how it fails. */
export class WardResolver {
  constructor(
    private readonly enclosure: Enclosure,
    private readonly layout: Layout,
  ) {}

  get queryLog(): string {
    return this.layout.dns.queries;
  }

  get leaseFile(): string {
    return this.layout.dns.leases;
  }

  /** Lines of the query log up to now. */
  async queries(): Promise<string[]> {
    return (await readFile(this.layout.dns.queries, 'utf8')).split('\n').filter((line) => line.includes(' query['));
  }

  /** `killed`: the host refuses with ICMP; `frozen`: nobody answers, as when the server is dead. */
  async stop(how: 'killed' | 'frozen' = 'frozen'): Promise<void> {
    await this.signal(how === 'killed' ? 'KILL' : 'STOP');
  }

  /** After either way to stop; returns when it listens. */
  async start(): Promise<void> {
    await this.signal('KILL').catch(() => undefined);
    const log = quote(`${this.layout.log}/dnsmasq.log`);
    const run = `setsid ${dnsCommand(this.layout).map(quote).join(' ')} >>${log} 2>&1 </dev/null &`;
    await this.enclosure.must('dns', [
      'sh',
      '-c',
      `sleep 0.05; ${run} ${waitForListener('udp', SERVICES.dns.port)}; exit 1`,
    ]);
  }

  private async signal(name: 'KILL' | 'STOP'): Promise<void> {
    await this.enclosure.must(undefined, [
      'sh',
      '-c',
      `kill -${name} $(cat ${quote(`${this.layout.dns.dir}/dnsmasq.pid`)})`,
    ]);
  }
}
