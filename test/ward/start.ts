/**
 * Starts the ward: a test hospital in network namespaces, on a real Open vSwitch, with real DICOM.
 *
 * It needs root and the Debian packages that `missingPackages` names, nothing of the kernel but veth and namespaces.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { portAgentPlan, writeDot1x } from './dot1x/files.js';
import type { ServerAdditions } from './dot1x/server-config.js';
import { Enclosure } from './enclosure/enclosure.js';
import { directoriesOf, layoutOf, type Layout } from './layout.js';
import { HOSTS, PREFIX } from './network.js';
import { programCommand } from './programs.js';
import { DOT1X_PACKAGES, PACKAGES, dnsConfig, resolvConf, worklistEntry } from './services/commands.js';
import { topologyScript } from './topology.js';
import { Ward } from './ward.js';

export interface WardOptions {
  /** The ward's own directory, absolute; what an earlier ward left in it is removed. */
  dir: string;
  /** Told of progress, in words. */
  log?: (message: string) => void;
  /** The MRI's port is opened by 802.1X, with what is added to the site's RADIUS server. Default: a port with a fixed VLAN. */
  dot1x?: ServerAdditions | true;
  /** How much the archive keeps before it removes what it has committed; default 1 GiB. */
  archiveBytes?: number;
}

const ARCHIVE_BYTES = 2 ** 30;
const PROGRAM_DIRS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Debian packages that the ward needs and this machine lacks. */
export function missingPackages({ dot1x }: Pick<WardOptions, 'dot1x'> = {}): string[] {
  return [...PACKAGES, ...(dot1x ? DOT1X_PACKAGES : [])]
    .filter(({ program }) => !PROGRAM_DIRS.some((dir) => existsSync(join(dir, program))))
    .map(({ name }) => name);
}

/** Builds the ward and waits until all of it answers. Errors say what is missing and how to get it. */
export async function startWard(options: WardOptions): Promise<Ward> {
  const began = performance.now();
  if (process.getuid?.() !== 0) throw new Error('the ward needs root (it makes network namespaces): run as root');
  const missing = missingPackages(options);
  if (missing.length) throw new Error(`the ward needs: apt-get install --no-install-recommends ${missing.join(' ')}`);
  const layout = layoutOf(options.dir);
  await prepare(layout);
  if (options.dot1x) await writeDot1x(layout, options.dot1x === true ? undefined : options.dot1x);
  const script = join(layout.dir, 'up.sh');
  const programs = {
    commitment: programCommand(
      'dicom/archive.command.js',
      ...[layout.archive.stored, layout.archive.journal, String(options.archiveBytes ?? ARCHIVE_BYTES)],
    ),
    internet: programCommand('hosts/internet.command.js'),
    dhcpClient: programCommand('hosts/dhcp-client.command.js', HOSTS.ws.name),
    portAgent: options.dot1x
      ? programCommand('dot1x/port-agent.command.js', JSON.stringify(portAgentPlan(layout)))
      : undefined,
  };
  await writeFile(script, [...removeLeftovers(), topologyScript(layout, programs)].join('\n'));
  const enclosure = await Enclosure.open(script, layout.dir);
  const ward = new Ward(enclosure, layout, Math.round(performance.now() - began));
  options.log?.(`ward ready in ${ward.startedInMs} ms`);
  return ward;
}

/** Links of a ward that was killed go with its namespaces, but the kernel may still be at it. */
function removeLeftovers(): string[] {
  return [
    `for l in $(ip -o link | awk -F'[:@ ]+' '{print $2}' | grep '^${PREFIX}'); do ip link del "$l" 2>/dev/null || true; done`,
  ];
}

async function prepare(layout: Layout): Promise<void> {
  for (const path of ['ovs', 'etc', 'dns', 'archive', 'worklist', 'modality', 'worm', 'captures', 'log', 'radius'])
    await rm(join(layout.dir, path), { recursive: true, force: true });
  for (const path of directoriesOf(layout)) await mkdir(path, { recursive: true });
  await writeFile(layout.resolvConf, resolvConf());
  await writeFile(layout.dns.config, dnsConfig(layout));
  await writeFile(layout.dns.queries, '');
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const lists = join(layout.worklist, 'WARDWL');
  await writeFile(join(lists, 'lockfile'), '');
  const modalities = [HOSTS.mri, HOSTS.mri2, HOSTS.ct];
  for (const [index, { aeTitle }] of modalities.entries()) {
    const modality = aeTitle === HOSTS.ct.aeTitle ? 'CT' : 'MR';
    await writeFile(join(lists, `${index + 1}.dump`), worklistEntry(aeTitle, modality, index + 1, today));
  }
}
