/**
 * The ward as its hospital would declare it to Lazaret: assets, what they are, and the clinical flows that each needs.
 * Plain data; whoever imports it writes the file format.
 */
import { GATEWAYS, HOSTS, SERVICES } from '../network.js';

export interface SiteFlow {
  service: 'store' | 'storage-commitment' | 'storage-commitment-report' | 'worklist' | 'dns';
  /** AE title of the peer, or a plain asset name where the service knows none. */
  peer: string;
  peerAsset: string;
  transport: 'tcp' | 'udp';
  /** Of the side that is connected to. */
  port: number;
  /** Who opens the connection. */
  opener: 'device' | 'peer';
  required: boolean;
}

export interface SiteAsset {
  /** The site's own name, unique. */
  asset: string;
  macs: string[];
  kind: 'modality' | 'server' | 'workstation' | 'infrastructure';
  /** DICOM modality, empty for others. */
  modality: '' | 'MR' | 'CT';
  criticality: 'life-critical' | 'high' | 'normal' | 'infrastructure';
  ward: string;
  aeTitles: { title: string; port: number | undefined }[];
  addressing: 'static' | 'dhcp';
  address: string | undefined;
  vlan: number;
  flows: SiteFlow[];
}

const radiology = 'radiology';
const dataCentre = 'data-centre';

export const SITE: { site: string; realm: string; assets: SiteAsset[] } = {
  site: 'ward',
  realm: 'main',
  assets: [
    modality('mri', 'mri-1', 'MR'),
    modality('mri2', 'mri-2', 'MR'),
    modality('ct', 'ct-1', 'CT'),
    server('archive', 'archive-1', [{ title: HOSTS.archive.aeTitle, port: SERVICES.store.port }]),
    server('worklist', 'worklist-1', [{ title: HOSTS.worklist.aeTitle, port: SERVICES.worklist.port }]),
    server('dns', 'dns-1', []),
    {
      asset: 'workstation-1',
      macs: [HOSTS.ws.mac],
      kind: 'workstation',
      modality: '',
      criticality: 'normal',
      ward: radiology,
      aeTitles: [],
      addressing: 'dhcp',
      address: undefined,
      vlan: HOSTS.ws.vlan,
      flows: [dnsFlow()],
    },
    ...GATEWAYS.map(gateway),
  ],
};

function modality(name: 'mri' | 'mri2' | 'ct', asset: string, kind: 'MR' | 'CT'): SiteAsset {
  const host = HOSTS[name];
  return {
    asset,
    macs: [host.mac],
    kind: 'modality',
    modality: kind,
    criticality: 'high',
    ward: radiology,
    aeTitles: [{ title: host.aeTitle, port: SERVICES.commitmentReport }],
    addressing: 'static',
    address: host.address,
    vlan: host.vlan,
    flows: clinicalFlows(),
  };
}

function clinicalFlows(): SiteFlow[] {
  const archive = { peer: HOSTS.archive.aeTitle, peerAsset: 'archive-1', transport: 'tcp' } as const;
  const worklist = { peer: HOSTS.worklist.aeTitle, peerAsset: 'worklist-1', transport: 'tcp' } as const;
  return [
    { ...archive, service: 'store', port: SERVICES.store.port, opener: 'device', required: true },
    { ...archive, service: 'storage-commitment', port: SERVICES.commitment.port, opener: 'device', required: true },
    {
      ...archive,
      service: 'storage-commitment-report',
      port: SERVICES.commitmentReport,
      opener: 'peer',
      required: true,
    },
    { ...worklist, service: 'worklist', port: SERVICES.worklist.port, opener: 'device', required: true },
    dnsFlow(),
  ];
}

function dnsFlow(): SiteFlow {
  const { port } = SERVICES.dns;
  return {
    service: 'dns',
    peer: 'dns-1',
    peerAsset: 'dns-1',
    transport: 'udp',
    port,
    opener: 'device',
    required: false,
  };
}

function server(name: 'archive' | 'worklist' | 'dns', asset: string, aeTitles: SiteAsset['aeTitles']): SiteAsset {
  const { mac, address, vlan } = HOSTS[name];
  const rest = {
    kind: 'server',
    modality: '',
    criticality: 'infrastructure',
    ward: dataCentre,
    addressing: 'static',
  } as const;
  return { asset, macs: [mac], aeTitles, address, vlan, flows: [], ...rest };
}

function gateway({ vlan, mac, address }: (typeof GATEWAYS)[number]): SiteAsset {
  const rest = {
    kind: 'infrastructure',
    modality: '',
    criticality: 'infrastructure',
    ward: dataCentre,
    addressing: 'static',
  } as const;
  return { asset: `gateway-${vlan}`, macs: [mac], aeTitles: [], address, vlan, flows: [], ...rest };
}
