import {
  MANAGEMENT,
  BRIDGE,
  DOMAIN,
  GATEWAYS,
  HOSTS,
  SITE,
  VLANS,
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
}

const POINT = 'ovs-1';
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

export function enforcementConfig({ undoDirectory }: SitePlaces): object {
  const { switchAddress, ovsdbPort, openflowPort } = MANAGEMENT;
  return {
    points: [
      {
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
      },
    ],
    interlocks: {
      protectedMacs: [],
      infrastructureMacs: [HOSTS.archive.mac, HOSTS.worklist.mac, HOSTS.dns.mac, ...GATEWAYS.map(({ mac }) => mac)],
      isolationsAnHour: 20,
    },
    undoDirectory,
  };
}

/** The demo's policy: a modality with evidence from two domains is isolated alone, in the quarantine VLAN. */
export function policy({ alone }: { alone: boolean }): object {
  const isolate = {
    name: 'imaging-two-domains',
    when: { level: 'isolate', criticality: ['routine', 'important'], modality: ['MR', 'CT'], atLeastTrustDomains: 2 },
    then: 'isolate',
  };
  return {
    version: 1,
    defaults: { requireQuarantineVlan: true, maxInterruptionMs: 0 },
    rules: [...(alone ? [isolate] : []), { name: 'ask-people', when: { level: 'propose' }, then: 'propose' }],
    limits: { site: 20, ward: 10, modality: 10, point: 20 },
  };
}
