const AUTH_SECRET = 'auth-secret-of-the-lab';
export const PROXY_PORT = 3798;

/** The RADIUS server of the lab: EAP-MD5 with the VLAN that a file says, and the proxy for dynamic authorisation. */
export const SERVER = (address: string, nas: string, secret: string): string => `
proxy_requests = yes
client switch {
  ipaddr = ${nas}
  secret = ${AUTH_SECRET}
}
client lazaret {
  ipaddr = ${address}
  secret = ${secret}
}
home_server switch-das {
  type = coa
  ipaddr = ${nas}
  port = 3799
  secret = ${secret}
  src_ipaddr = ${address}
  coa {
    irt = 1
    mrt = 2
    mrc = 1
    mrd = 2
  }
}
home_server_pool switch-das {
  type = fail-over
  home_server = switch-das
}
modules {
  always ok {
    rcode = ok
  }
  expr {
  }
  exec {
    wait = yes
    input_pairs = request
    shell_escape = yes
  }
  eap {
    default_eap_type = md5
    md5 {
    }
  }
}
server lab {
  listen {
    type = auth
    ipaddr = ${address}
    port = 1812
  }
  listen {
    type = coa
    ipaddr = ${address}
    port = ${PROXY_PORT}
  }
  authorize {
    update control {
      Cleartext-Password := "pw-mri-7"
    }
    eap {
      ok = return
    }
  }
  authenticate {
    eap
  }
  post-auth {
    update reply {
      Tunnel-Type := VLAN
      Tunnel-Medium-Type := IEEE-802
      Tunnel-Private-Group-Id := "%{exec:/bin/cat @FOLDER@/vlan}"
    }
  }
  recv-coa {
    update control {
      Home-Server-Pool := switch-das
    }
    ok
  }
  send-coa {
    ok
  }
  pre-proxy {
    # hostapd wants both and takes no Proxy-State; FreeRADIUS 3 does neither by itself.
    update proxy-request {
      Message-Authenticator := 0x00
      Proxy-State !* ANY
      Event-Timestamp := "%l"
    }
  }
  post-proxy {
    ok
  }
}
`;

export const HOSTAPD = (folder: string, address: string, nas: string, secret: string): string => `
interface=p1
driver=wired
ctrl_interface=${folder}/hostapd
ieee8021x=1
eap_reauth_period=0
use_pae_group_addr=1
own_ip_addr=${nas}
nas_identifier=lab-switch
auth_server_addr=${address}
auth_server_port=1812
auth_server_shared_secret=${AUTH_SECRET}
dynamic_vlan=2
vlan_file=${folder}/vlans
radius_das_port=3799
radius_das_client=${address} ${secret}
radius_das_time_window=300
radius_das_require_event_timestamp=1
radius_das_require_message_authenticator=1
`;

export const SUPPLICANT = (folder: string): string => `
ctrl_interface=${folder}/wpa
ap_scan=0
network={
  key_mgmt=IEEE8021X
  eap=MD5
  identity="mri-7"
  password="pw-mri-7"
  eapol_flags=0
}
`;
