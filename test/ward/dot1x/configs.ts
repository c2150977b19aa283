/** The ports that 802.1X opens, and the configuration of both ends of them: hostapd and wpa_supplicant. */
import type { Layout } from '../layout.js';
import { HOSTS, MANAGEMENT, PHANTOM, SPARE, VLANS, type Vlan } from '../network.js';

/** Unauthenticated ports are parked here; nothing else is. */
export const PARK_VLAN = 4000;
export const RADIUS_PORTS = { authentication: 1812, accounting: 1813, dynamicAuthorization: 3799 } as const;
export const NAS_IDENTIFIER = 'ward-switch';

/** A port of the switch that is opened by 802.1X, and who logs in there (PEAP with MSCHAPv2). */
export interface Dot1xPort {
  host: 'mri' | 'phantom';
  mac: string;
  link: string;
  ofport: number;
  vlan: Vlan;
  identity: string;
  password: string;
  /** hostapd serves a port by a process of its own, which listens here for what the switch passes on to it. */
  dynamicAuthorization: number;
}

const MRI_PORT: Dot1xPort = {
  host: 'mri',
  mac: HOSTS.mri.mac,
  link: HOSTS.mri.port,
  ofport: HOSTS.mri.ofport,
  vlan: HOSTS.mri.vlan,
  identity: 'mri-1',
  password: 'ward-mri-1',
  dynamicAuthorization: 3801,
};
const SPARE_PORT: Dot1xPort = {
  host: 'phantom',
  mac: PHANTOM.mac,
  link: SPARE.port,
  ofport: SPARE.ofport,
  vlan: SPARE.vlan,
  identity: 'phantom-1',
  password: 'ward-phantom-1',
  dynamicAuthorization: 3802,
};
export const DOT1X_PORTS = { mri: MRI_PORT, phantom: SPARE_PORT } as const;

/** Shared secrets, made anew for each ward. */
export interface Secrets {
  /** Between the switch and the RADIUS server. */
  authentication: string;
  /** For Disconnect and CoA requests to the switch. */
  dynamicAuthorization: string;
  /** Of a second RADIUS client, on the services' end of the management link. */
  client: string;
}

/** VLANs that a session may get. Their interfaces must exist although the wired driver does nothing with them. */
export const SESSION_VLANS = [VLANS.imaging, VLANS.quarantine] as const;
export function vlanLink(vlan: number): string {
  return `wl-d${vlan}`;
}

export function hostapdConfig({ radius }: Layout, port: Dot1xPort, secrets: Secrets): string {
  const { hostAddress, switchAddress } = MANAGEMENT;
  return lines(
    `interface=${port.link}`,
    'driver=wired',
    `ctrl_interface=${radius.hostapd}`,
    'logger_stdout=-1',
    'logger_stdout_level=2',
    'ieee8021x=1',
    'eap_reauth_period=0',
    'use_pae_group_addr=1',
    `own_ip_addr=${switchAddress}`,
    `nas_identifier=${NAS_IDENTIFIER}`,
    `auth_server_addr=${hostAddress}`,
    `auth_server_port=${RADIUS_PORTS.authentication}`,
    `auth_server_shared_secret=${secrets.authentication}`,
    `acct_server_addr=${hostAddress}`,
    `acct_server_port=${RADIUS_PORTS.accounting}`,
    `acct_server_shared_secret=${secrets.authentication}`,
    'radius_acct_interim_interval=10',
    // A session without a VLAN is not let in.
    'dynamic_vlan=2',
    `vlan_file=${radius.dir}/hostapd.vlan`,
    `radius_das_port=${port.dynamicAuthorization}`,
    `radius_das_client=127.0.0.1 ${secrets.dynamicAuthorization}`,
    'radius_das_time_window=300',
    'radius_das_require_event_timestamp=1',
    'radius_das_require_message_authenticator=1',
  );
}

export function hostapdVlans(): string {
  return lines(...SESSION_VLANS.map((vlan) => `${vlan} ${vlanLink(vlan)}`));
}

/** TLS 1.2 inside EAP: that is what both ends of Debian 12 agree on without surprises. */
export function supplicantConfig({ radius }: Layout, { host, identity, password }: Dot1xPort): string {
  return lines(
    `ctrl_interface=${radius.supplicant}/${host}`,
    'ap_scan=0',
    'eapol_version=2',
    'network={',
    '  key_mgmt=IEEE8021X',
    '  eap=PEAP',
    `  identity="${identity}"`,
    `  password="${password}"`,
    '  phase1="tls_disable_tlsv1_3=1"',
    '  phase2="auth=MSCHAPV2"',
    '  eapol_flags=0',
    '}',
  );
}

export function lines(...all: string[]): string {
  return `${all.join('\n')}\n`;
}
