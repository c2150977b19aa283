/** Configuration files of the ward's 802.1X: the switch's authenticator, the RADIUS server, the MRI's supplicant. */
import type { Layout } from '../layout.js';
import { HOSTS, MANAGEMENT, VLANS } from '../network.js';

/** Unauthenticated ports are parked here; nothing else is. */
export const PARK_VLAN = 4000;
export const RADIUS_PORTS = { authentication: 1812, accounting: 1813, dynamicAuthorization: 3799 } as const;
export const NAS_IDENTIFIER = 'ward-switch';
/** How the MRI logs in: PEAP with MSCHAPv2. */
export const LOGIN = { identity: 'mri-1', password: 'ward-mri-1' } as const;

/** Shared secrets, made anew for each ward. */
export interface Secrets {
  /** Between the switch and the RADIUS server. */
  authentication: string;
  /** For Disconnect and CoA requests to the switch. */
  dynamicAuthorization: string;
  /** Of a second RADIUS client, on the services' end of the management link. */
  client: string;
}

/** What somebody adds to the site's RADIUS server. None: the server answers what the site has configured. */
export interface ServerAdditions {
  /** Texts by their path below the server's configuration folder. */
  files: Record<string, string>;
  /** Lines of these sections of the configuration, and of the virtual server's. */
  modules: string;
  policy: string;
  postAuth: string;
  accounting: string;
}

const NO_ADDITIONS: ServerAdditions = { files: {}, modules: '', policy: '', postAuth: '', accounting: '' };

/** VLANs that a session may get. Their interfaces must exist although the wired driver does nothing with them. */
export const SESSION_VLANS = [VLANS.imaging, VLANS.quarantine] as const;
export function vlanLink(vlan: number): string {
  return `wl-d${vlan}`;
}

export function hostapdConfig({ radius }: Layout, { authentication, dynamicAuthorization }: Secrets): string {
  const { hostAddress, switchAddress } = MANAGEMENT;
  return lines(
    `interface=${HOSTS.mri.port}`,
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
    `auth_server_shared_secret=${authentication}`,
    `acct_server_addr=${hostAddress}`,
    `acct_server_port=${RADIUS_PORTS.accounting}`,
    `acct_server_shared_secret=${authentication}`,
    'radius_acct_interim_interval=10',
    // A session without a VLAN is not let in.
    'dynamic_vlan=2',
    `vlan_file=${radius.dir}/hostapd.vlan`,
    `radius_das_port=${RADIUS_PORTS.dynamicAuthorization}`,
    `radius_das_client=${hostAddress} ${dynamicAuthorization}`,
    'radius_das_time_window=300',
    'radius_das_require_event_timestamp=1',
    'radius_das_require_message_authenticator=1',
  );
}

export function hostapdVlans(): string {
  return lines(...SESSION_VLANS.map((vlan) => `${vlan} ${vlanLink(vlan)}`));
}

/** TLS 1.2 inside EAP: that is what both ends of Debian 12 agree on without surprises. */
export function supplicantConfig({ radius }: Layout): string {
  return lines(
    `ctrl_interface=${radius.supplicant}`,
    'ap_scan=0',
    'eapol_version=2',
    'network={',
    '  key_mgmt=IEEE8021X',
    '  eap=PEAP',
    `  identity="${LOGIN.identity}"`,
    `  password="${LOGIN.password}"`,
    '  phase1="tls_disable_tlsv1_3=1"',
    '  phase2="auth=MSCHAPV2"',
    '  eapol_flags=0',
    '}',
  );
}

/** The site's own rule: the MRI belongs into the imaging VLAN. */
export function serverUsers(): string {
  return lines(
    `${LOGIN.identity}  Cleartext-Password := "${LOGIN.password}"`,
    `  Tunnel-Type:0 = VLAN, Tunnel-Medium-Type:0 = IEEE-802, Tunnel-Private-Group-Id:0 = "${HOSTS.mri.vlan}"`,
  );
}

/** Modules that every FreeRADIUS has: policies name them. */
const RETURN_CODES = ['reject', 'fail', 'ok', 'handled', 'invalid', 'userlock', 'notfound', 'noop', 'updated'];

/** The site's FreeRADIUS. It also answers how a session that it has let in is to be filtered (Authorize-Only, RFC 5176). */
export function serverConfig({ radius }: Layout, secrets: Secrets, additions: ServerAdditions = NO_ADDITIONS): string {
  const { hostAddress, switchAddress } = MANAGEMENT;
  return `prefix = /usr
raddbdir = ${radius.raddb}
modconfdir = \${raddbdir}/mods-config
logdir = ${radius.log}
run_dir = ${radius.dir}
libdir = /usr/lib/freeradius
pidfile = \${run_dir}/radiusd.pid
name = ward
max_request_time = 10
cleanup_delay = 2
max_requests = 16384
hostname_lookups = no
log {
  destination = files
  file = \${logdir}/radius.log
  auth = yes
}
security {
  max_attributes = 200
  reject_delay = 0
  status_server = yes
}
thread pool {
  start_servers = 2
  max_servers = 8
  min_spare_servers = 1
  max_spare_servers = 4
}
client switch {
  ipaddr = ${switchAddress}
  secret = ${secrets.authentication}
  require_message_authenticator = yes
}
client services {
  ipaddr = ${hostAddress}
  secret = ${secrets.client}
  require_message_authenticator = yes
}
modules {
  ${RETURN_CODES.map((code) => `always ${code} {\n    rcode = ${code}\n  }`).join('\n  ')}
  expr {
  }
  pap {
  }
  mschap {
  }
  files {
    filename = \${raddbdir}/users
    key = "%{User-Name}"
  }
  detail {
    filename = \${logdir}/detail
  }
  eap {
    default_eap_type = peap
    tls-config ward {
      private_key_file = \${raddbdir}/server.key
      certificate_file = \${raddbdir}/server.pem
      tls_min_version = "1.2"
      tls_max_version = "1.2"
    }
    peap {
      tls = ward
      default_eap_type = mschapv2
      copy_request_to_tunnel = yes
      use_tunneled_reply = no
      virtual_server = inner
    }
    mschapv2 {
    }
  }
  ${additions.modules}
}
policy {
  ${additions.policy}
}
server ward {
  listen {
    type = auth
    ipaddr = ${hostAddress}
    port = ${RADIUS_PORTS.authentication}
  }
  listen {
    type = acct
    ipaddr = ${hostAddress}
    port = ${RADIUS_PORTS.accounting}
  }
  authorize {
    files
    if (&Service-Type == Authorize-Only) {
      update control {
        Auth-Type := Accept
      }
    }
    else {
      eap {
        ok = return
      }
    }
  }
  authenticate {
    eap
  }
  post-auth {
    files
    ${additions.postAuth}
  }
  accounting {
    detail
    ${additions.accounting}
    ok
  }
}
server inner {
  authorize {
    mschap
    files
    eap {
      ok = return
    }
  }
  authenticate {
    eap
    Auth-Type MS-CHAP {
      mschap
    }
  }
}
`;
}

function lines(...all: string[]): string {
  return `${all.join('\n')}\n`;
}
