import { join } from 'node:path';

/** Where the ward keeps what it needs and what it tells, below its own directory. */
export interface Layout {
  dir: string;
  ovs: { run: string; log: string; db: string; etc: string };
  ovsdbSocket: string;
  bridgeSocket: string;
  vswitchdControl: string;
  ovsdbControl: string;
  resolvConf: string;
  dns: { dir: string; config: string; queries: string; leases: string };
  archive: { dir: string; stored: string; journal: string };
  worklist: string;
  modality: string;
  worm: string;
  captures: string;
  log: string;
  /** Used only by a ward with 802.1X. */
  radius: {
    dir: string;
    raddb: string;
    log: string;
    /** hostapd's control sockets. */
    hostapd: string;
    /** wpa_supplicant's. */
    supplicant: string;
    /** Files with a shared secret each: see Secrets. */
    secrets: { authentication: string; dynamicAuthorization: string; client: string };
  };
}

/** A Unix socket's address holds 107 characters (unix(7)); the longest one below the directory takes 32 of them. */
const LONGEST_DIR = 107 - '/ovs/run/ovsdb-server.ctl'.length - 8;

export function layoutOf(dir: string): Layout {
  if (dir.length > LONGEST_DIR)
    throw new Error(`the ward's directory is too long for Unix sockets (${dir.length} of ${LONGEST_DIR} characters)`);
  const run = join(dir, 'ovs/run');
  return {
    dir,
    ovs: { run, log: join(dir, 'ovs/log'), db: join(dir, 'ovs/db'), etc: join(dir, 'ovs/etc') },
    ovsdbSocket: join(run, 'db.sock'),
    bridgeSocket: join(run, 'wl-br0.mgmt'),
    vswitchdControl: join(run, 'ovs-vswitchd.ctl'),
    ovsdbControl: join(run, 'ovsdb-server.ctl'),
    resolvConf: join(dir, 'etc/resolv.conf'),
    dns: {
      dir: join(dir, 'dns'),
      config: join(dir, 'dns/dnsmasq.conf'),
      queries: join(dir, 'dns/queries.log'),
      leases: join(dir, 'dns/leases'),
    },
    archive: {
      dir: join(dir, 'archive'),
      stored: join(dir, 'archive/stored'),
      journal: join(dir, 'archive/journal.jsonl'),
    },
    worklist: join(dir, 'worklist'),
    modality: join(dir, 'modality'),
    worm: join(dir, 'worm'),
    captures: join(dir, 'captures'),
    log: join(dir, 'log'),
    radius: {
      dir: join(dir, 'radius'),
      raddb: join(dir, 'radius/raddb'),
      log: join(dir, 'radius/log'),
      hostapd: join(dir, 'radius/hapd'),
      supplicant: join(dir, 'radius/wpa'),
      secrets: {
        authentication: join(dir, 'radius/authentication.secret'),
        dynamicAuthorization: join(dir, 'radius/dynamic-authorization.secret'),
        client: join(dir, 'radius/client.secret'),
      },
    },
  };
}

/** The directories that must exist before anything of the ward starts. */
export function directoriesOf(layout: Layout): string[] {
  return [
    ...Object.values(layout.ovs),
    join(layout.dir, 'etc'),
    layout.dns.dir,
    layout.archive.stored,
    join(layout.worklist, 'WARDWL'),
    layout.modality,
    layout.worm,
    layout.captures,
    layout.log,
    layout.radius.raddb,
    layout.radius.log,
    layout.radius.hostapd,
    layout.radius.supplicant,
  ];
}
