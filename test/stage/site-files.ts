import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../deploy/local/repository.js';
import {
  MANAGEMENT,
  BRIDGE,
  DOMAIN,
  GATEWAYS,
  HOSTS,
  NAS_IDENTIFIER,
  PHANTOM,
  SITE,
  SPARE,
  VLANS,
  type ServerAdditions,
  type SiteAsset,
  type SiteFlow,
} from '../ward/index.js';

/** Where the files of the running services are, and the ward's own sources that discovery reads. */
export interface SitePlaces {
  /** Folder that these files are written to. */
  folder: string;
  policyFile: string;
  undoDirectory: string;
  dnsQueries: string;
  dnsLeases: string;
  switchControl: string;
  httpPort: number;
  /** Of a stage whose modalities are let in by a RADIUS server. */
  nac: NacPlaces | null;
}

/** Files and addresses by which Lazaret and the site's RADIUS server know each other. */
export interface NacPlaces {
  /** Where the RADIUS server asks Lazaret. */
  policyPort: number;
  policyToken: string;
  tokenFile: string;
  snapshotFile: string;
  /** Shared with the switch, for Disconnect and CoA. */
  secretFile: string;
  /** Socket of the agent that makes a drill's probes, in the servers' VLAN. */
  probeSocket: string;
}

const POINT = 'ovs-1';
const POLICY_POINT = 'radius-server';
const SERVICE_WORDS: Record<SiteFlow['service'], string> = {
  store: 'dicom-store',
  'storage-commitment': 'dicom-commitment',
  'storage-commitment-report': 'dicom-commitment',
  worklist: 'dicom-worklist',
  dns: 'dns',
};
const CRITICALITY: Record<SiteAsset['criticality'], string> = {
  'life-critical': 'life-critical',
  high: 'important',
  normal: 'routine',
  infrastructure: 'important',
};

export const COLUMNS =
  'site,realm,asset,name,modality,criticality,ward,ae_titles,infrastructure,mac,addressing,address,flows';

/** The ward's inventory as Lazaret imports it. */
export function inventoryCsv(changed: (asset: SiteAsset) => SiteAsset = (asset) => asset): string {
  return [COLUMNS, ...SITE.assets.map(changed).map(row)].join('\n') + '\n';
}

function row(asset: SiteAsset): string {
  const infrastructure = asset.kind === 'server' || asset.kind === 'infrastructure';
  return [
    SITE.site,
    SITE.realm,
    asset.asset,
    asset.asset.toUpperCase(),
    asset.modality,
    CRITICALITY[asset.criticality],
    asset.ward,
    asset.aeTitles.map(({ title }) => title).join(';'),
    infrastructure ? 'yes' : 'no',
    asset.macs[0] ?? '',
    asset.addressing,
    asset.address ?? '',
    asset.flows.map(flowText).join(';'),
  ].join(',');
}

function flowText({ service, peer, transport, port, opener, required }: SiteFlow): string {
  const peerText = service === 'dns' ? `asset=${peer}` : peer;
  return `${SERVICE_WORDS[service]}${opener === 'device' ? '>' : '<'}${peerText}:${transport}/${port}${required ? '!' : ''}`;
}

/** Discovery: the switch's flow export and database, and the name server's log, each a trust domain of its own. */
export function discoveryConfig({ dnsQueries, dnsLeases, switchControl }: SitePlaces): object {
  const { hostAddress, switchAddress, ipfixPort, ovsdbPort } = MANAGEMENT;
  return {
    site: SITE.site,
    realm: SITE.realm,
    sensors: [
      {
        kind: 'ipfix',
        id: 'ovs-1-ipfix',
        trustDomain: 'switch',
        listen: { host: hostAddress, port: ipfixPort },
        exporters: [switchAddress],
        authenticatedBy: 'management-network',
        point: POINT,
      },
      {
        kind: 'ovs',
        id: 'ovs-1-ovsdb',
        trustDomain: 'switch',
        point: POINT,
        ovsdb: `tcp:${switchAddress}:${ovsdbPort}`,
        unixctl: switchControl,
        bridge: BRIDGE,
        infrastructurePorts: GATEWAYS.map(({ port }) => port),
        authenticatedBy: 'management-network',
      },
      {
        kind: 'dnsmasq-log',
        id: 'dns-1-log',
        trustDomain: 'dns',
        file: dnsQueries,
        resolver: HOSTS.dns.address,
        authenticatedBy: 'file',
      },
      { kind: 'dnsmasq-leases', id: 'dns-1-leases', trustDomain: 'dns', file: dnsLeases, authenticatedBy: 'file' },
    ],
    insideNetworks: ['10.0.0.0/8'],
    siteSuffixes: [DOMAIN],
  };
}

export function riskScoringConfig(): object {
  return { siteSuffixes: [DOMAIN] };
}

export function orchestratorConfig({ httpPort, policyFile }: SitePlaces): object {
  return {
    http: { host: '127.0.0.1', port: httpPort },
    publicUrl: `http://127.0.0.1:${httpPort}`,
    site: SITE.site,
    policyFile,
  };
}

export function enforcementConfig({ undoDirectory, nac }: SitePlaces): object {
  return {
    points: nac ? radiusPoints(nac) : [switchPoint()],
    interlocks: {
      protectedMacs: [],
      infrastructureMacs: [HOSTS.archive.mac, HOSTS.worklist.mac, HOSTS.dns.mac, ...GATEWAYS.map(({ mac }) => mac)],
      isolationsAnHour: 20,
    },
    ...(nac ? { drills: [testPort(nac)] } : {}),
    undoDirectory,
  };
}

function switchPoint(): object {
  const { switchAddress, ovsdbPort, openflowPort } = MANAGEMENT;
  return {
    kind: 'ovs',
    id: POINT,
    ovsdb: `tcp:${switchAddress}:${ovsdbPort}`,
    openflow: `tcp:${switchAddress}:${openflowPort}`,
    bridge: BRIDGE,
    quarantineVlan: VLANS.quarantine,
    vlans: GATEWAYS.filter(({ vlan }) => vlan !== VLANS.quarantine).map(({ vlan, address, mac, port }) => ({
      vlan,
      subnet: `10.${vlan}.0.0/24`,
      gateway: { address, mac, port },
    })),
  };
}

/** The RADIUS server's policy, and the switch, which makes a session take it. No credential of the switch's management. */
function radiusPoints({ policyPort, tokenFile, snapshotFile, secretFile }: NacPlaces): object[] {
  const nas = { address: MANAGEMENT.switchAddress, identifier: NAS_IDENTIFIER };
  return [
    {
      kind: 'radius-policy',
      id: POLICY_POINT,
      listen: { host: '127.0.0.1', port: policyPort },
      tokenFile,
      snapshotFile,
      switches: [{ switch: POINT, ...nas }],
      quarantineVlan: VLANS.quarantine,
      modes: ['vlan-bridged'],
      attributes: { permits: 'nas-filter-rule', direction: 'both' },
      interimSeconds: 10,
    },
    {
      kind: 'radius',
      id: POINT,
      model: 'ieee8021x',
      host: MANAGEMENT.switchAddress,
      nas,
      secretFile,
      policyPoint: POLICY_POINT,
      quarantineVlan: VLANS.quarantine,
    },
  ];
}

/** Where a drill may really isolate something: the phantom at the spare port, probed from the servers' VLAN. */
function testPort({ probeSocket }: NacPlaces): object {
  return {
    point: POINT,
    port: SPARE.port,
    mac: PHANTOM.mac,
    address: PHANTOM.address,
    vlan: SPARE.vlan,
    probe: { address: HOSTS.worklist.address, agent: `unix:${probeSocket}` },
  };
}

/**
 * What the site adds to its FreeRADIUS so that it asks Lazaret: the product's own files, with this site's address and
 * token.
 */
export async function serverAdditions({ policyPort, policyToken }: NacPlaces): Promise<ServerAdditions> {
  const folder = join(repositoryRoot(), 'apps/enforcement/src/drivers/radius-policy/freeradius');
  const files = ['mods-available/lazaret', 'policy.d/lazaret', 'mods-config/lazaret/hands'];
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const site = `lazaret_url = "http://127.0.0.1:${policyPort}"\nlazaret_token = "${policyToken}"\n`;
  return {
    files: {
      ...Object.fromEntries(files.map((file, i) => [file, texts[i] ?? ''])),
      'mods-config/lazaret/site.conf': site,
    },
    modules: '$INCLUDE ${raddbdir}/mods-available/lazaret',
    policy: '$INCLUDE ${raddbdir}/policy.d/lazaret',
    postAuth: 'lazaret_policy',
    accounting: 'lazaret_accounting',
  };
}

/**
 * The demo's policy: a modality with evidence from two domains is isolated alone, in the quarantine VLAN.
 *
 * @param maxInterruptionMs how long a modality may be cut off by the move itself
 */
export function policy({ alone, maxInterruptionMs = 0 }: { alone: boolean; maxInterruptionMs?: number }): object {
  const isolate = {
    name: 'imaging-two-domains',
    when: { level: 'isolate', criticality: ['routine', 'important'], modality: ['MR', 'CT'], atLeastTrustDomains: 2 },
    then: 'isolate',
  };
  return {
    version: 1,
    defaults: { requireQuarantineVlan: true, maxInterruptionMs },
    rules: [...(alone ? [isolate] : []), { name: 'ask-people', when: { level: 'propose' }, then: 'propose' }],
    limits: { site: 20, ward: 10, modality: 10, point: 20 },
  };
}
