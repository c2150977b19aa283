import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGuarded, type GuardedProcess } from '../../deploy/local/guarded-process.js';

/** A FreeRADIUS that acknowledges every CoA-Request from the loopback: the switch of the benchmark. */
export async function startSwitch(folder: string, port: number, secret: string): Promise<GuardedProcess> {
  const own = join(folder, 'radiusd');
  await mkdir(own);
  await writeFile(join(own, 'radiusd.conf'), configuration(own, port, secret));
  return startGuarded({
    name: 'FreeRADIUS',
    command: 'freeradius',
    args: ['-f', '-d', own, '-l', 'stdout'],
    env: process.env,
    stopSignal: 'SIGTERM',
    deathSignal: 'SIGKILL',
    marker: own,
    pidFile: join(own, 'guarded.pid'),
    logFile: join(own, 'log'),
    isReady: (line) => line.includes('Ready to process requests'),
    readyTimeoutMs: 20_000,
  });
}

function configuration(folder: string, port: number, secret: string): string {
  return `
prefix = /usr
libdir = /usr/lib/freeradius
raddbdir = ${folder}
logdir = ${folder}
run_dir = ${folder}
pidfile = ${folder}/pid
name = radiusd
max_requests = 65536
security {
  max_attributes = 200
}
client loopback {
  ipaddr = 127.0.0.0/8
  secret = ${secret}
}
thread pool {
  start_servers = 4
  max_servers = 8
  min_spare_servers = 2
  max_spare_servers = 8
  max_queue_size = 65536
}
modules {
  always ok {
    rcode = ok
  }
}
server nas {
  listen {
    type = coa
    ipaddr = 127.0.0.1
    port = ${port}
  }
  recv-coa {
    ok
  }
  send-coa {
    ok
  }
}
`;
}
