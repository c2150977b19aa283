import { FreeRadius } from './free-radius.client.js';
import { freeUdpPort } from '../../testing/free-port.client.js';

/** Which devices the NAS knows: MAC as it stands in Calling-Station-Id, and the session's id. */
export interface KnownSession {
  mac: string;
  sessionId: string;
}

/** What the NAS understood of one request that it acknowledged: names and values by the vendors' dictionaries. */
export interface Understood {
  type: string;
  mac: string;
  attributes: string;
}

const FORMAT = [
  '%{Packet-Type}',
  '%{Calling-Station-Id}',
  'user=%{User-Name}|nasport=%{NAS-Port}|session=%{Acct-Session-Id}|timeout=%{Session-Timeout}' +
    '|action=%{Termination-Action}|cause=%{Acct-Terminate-Cause}|vlan=%{Tunnel-Private-Group-Id}' +
    '|tunnel=%{Tunnel-Type}/%{Tunnel-Medium-Type}|filter=%{Filter-Id}|cisco=%{Cisco-AVPair[*]}' +
    '|arole=%{Aruba-User-Role}|abounce=%{Aruba-Port-Bounce-Host}|hrole=%{HP-User-Role}' +
    '|hbounce=%{HP-Port-Bounce-Host}|juniper=%{Juniper-AV-Pair}|forti=%{Fortinet-Host-Port-AVPair}' +
    '|huawei=%{Huawei-Ext-Specific}|time=%{Event-Timestamp}',
].join(' ');

/**
 * FreeRADIUS as a vendor's switch: an independent reader of our packets, with the vendors' own dictionaries. It
 * acknowledges what names a session that it knows, refuses the others with 503, an AOS-CX bounce without NAS-Port with
 * 402 and an unknown role with 407, and writes down what it has understood.
 * `signs`: with Message-Authenticator, over zeros as FreeRADIUS 3 does, which its own radclient does not take.
 */
export class FreeRadiusNas {
  static async start(secret: string, sessions: readonly KnownSession[], signs = true): Promise<FreeRadiusNas> {
    const port = await freeUdpPort();
    const server = await FreeRadius.start(configuration(secret, port, sessions, signs));
    return new FreeRadiusNas(server, port);
  }

  private constructor(
    private readonly server: FreeRadius,
    readonly port: number,
  ) {}

  /** Everything that was acknowledged, in order. */
  async understood(): Promise<Understood[]> {
    const lines = (await this.server.file('understood.log')).split('\n').filter((line) => line !== '');
    return lines.map((line) => {
      const [type = '', mac = '', ...rest] = line.split(' ');
      return { type, mac: mac.toLowerCase().replaceAll('-', ':'), attributes: rest.join(' ') };
    });
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

function configuration(secret: string, port: number, sessions: readonly KnownSession[], signs: boolean): string {
  const known = sessions.map(
    ({ mac, sessionId }) => `
    if (&Calling-Station-Id && "%{tolower:%{Calling-Station-Id}}" == "${mac.replaceAll(':', '-')}") {
      if (&Acct-Session-Id) {
        if (&Acct-Session-Id == "${sessionId}") {
          update control {
            Tmp-Integer-0 := 1
          }
        }
      }
      elsif (&Cisco-AVPair[*] =~ /^audit-session-id=/) {
        if (&Cisco-AVPair[*] == "audit-session-id=${sessionId}") {
          update control {
            Tmp-Integer-0 := 1
          }
        }
      }
      else {
        update control {
          Tmp-Integer-0 := 1
        }
      }
    }`,
  );
  return `
client loopback {
  ipaddr = 127.0.0.0/8
  secret = ${secret}
}
modules {
  always ok {
    rcode = ok
  }
  always reject {
    rcode = reject
  }
  expr {
  }
  linelog understood {
    filename = @FOLDER@/understood.log
    format = "${FORMAT}"
  }
}
server nas {
  listen {
    type = coa
    ipaddr = 127.0.0.1
    port = ${port}
  }
  recv-coa {
    update control {
      Tmp-Integer-0 := 0
    }
    ${known.join('\n')}
    if (&control:Tmp-Integer-0 == 0) {
      update reply {
        Error-Cause := Session-Context-Not-Found
      }
      reject
    }
    elsif (&Aruba-Port-Bounce-Host && (!&NAS-Port || !&User-Name)) {
      update reply {
        Error-Cause := Missing-Attribute
      }
      reject
    }
    elsif (&Aruba-User-Role && &Aruba-User-Role !~ /^lazaret/) {
      update reply {
        Error-Cause := Invalid-Attribute-Value
      }
      reject
    }
    else {
      understood
      ok
    }
  }
  send-coa {
    ${signs ? 'update reply {\n Message-Authenticator := 0x00\n }' : ''}
    ok
  }
}
`;
}
