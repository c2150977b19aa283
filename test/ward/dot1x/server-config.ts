/** Configuration of the site's RADIUS server, FreeRADIUS 3. */
import type { Layout } from '../layout.js';
import { MANAGEMENT } from '../network.js';
import { DOT1X_PORTS, RADIUS_PORTS, lines, type Secrets } from './configs.js';

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

/** The site's own rule: each device belongs into its VLAN. */
export function serverUsers(): string {
  return lines(
    ...Object.values(DOT1X_PORTS).flatMap(({ identity, password, vlan }) => [
      `${identity}  Cleartext-Password := "${password}"`,
      `  Tunnel-Type:0 = VLAN, Tunnel-Medium-Type:0 = IEEE-802, Tunnel-Private-Group-Id:0 = "${vlan}"`,
    ]),
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
