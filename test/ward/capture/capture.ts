import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Enclosure } from '../enclosure/enclosure.js';
import type { HostName } from '../network.js';
import { readPcap, type Packet } from './pcap.js';

/** Where to look: at a host's own interface, at the uplink to the internet, or at a port of the switch from inside it. */
export type CapturePlace = Exclude<HostName, 'router' | 'switch'> | 'uplink' | { port: string };

export interface Capture {
  readonly file: string;
  /** What has been captured up to now. */
  packets(): Packet[];
  /** Waits for the first packet that matches. */
  first(matches: (packet: Packet) => boolean, timeoutMs: number): Promise<Packet>;
  /** Ends the capture and returns all of it. */
  stop(): Promise<Packet[]>;
}

/** Headers are enough for the witnesses, and 200 MiB of images are not wanted in each file. */
const KEPT_BYTES = 128;

/**
 * Starts tcpdump and returns when it listens (about 0.7 s).
 *
 * @param filter of pcap-filter(7), e.g. `tcp port 445`
 */
export async function startCapture(
  enclosure: Enclosure,
  file: string,
  place: CapturePlace,
  filter: string,
): Promise<Capture> {
  const { host, link } = locate(place);
  const how = ['--immediate-mode', '-U', '-n', '-Z', 'root', '-s', String(KEPT_BYTES)];
  const child = enclosure.start(host, ['tcpdump', '-i', link, ...how, '-w', file, ...(filter ? [filter] : [])]);
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (data: Buffer) => {
      said += data.toString();
      if (said.includes('listening on')) resolve();
    });
    child.once('close', () => reject(new Error(`tcpdump ended: ${said.trim()}`)));
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const packets = (): Packet[] => readPcap(readFileSync(file));
  return {
    file,
    packets,
    first: async (matches, timeoutMs) => {
      for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(20)) {
        const found = packets().find(matches);
        if (found) return found;
      }
      throw new Error(`no such packet in ${timeoutMs} ms in ${file}`);
    },
    stop: async () => {
      // What the kernel has handed over but tcpdump has not read yet would be lost.
      await sleep(50);
      enclosure.end(child, 'SIGINT');
      const killer = setTimeout(() => enclosure.end(child, 'SIGKILL'), 2000);
      await closed;
      clearTimeout(killer);
      return packets();
    },
  };
}

export function captureFile(dir: string, number: number, place: CapturePlace): string {
  return join(dir, `${String(number).padStart(3, '0')}-${typeof place === 'string' ? place : place.port}.pcap`);
}

function locate(place: CapturePlace): { host: HostName; link: string } {
  if (typeof place !== 'string') return { host: 'switch', link: place.port };
  if (place === 'uplink') return { host: 'inet', link: 'wl-e0' };
  return { host: place, link: 'wl-e0' };
}
