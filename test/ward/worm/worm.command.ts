/**
 * The worm's emulator, run in a host's namespace. It connects and looks up; it carries nothing and sends nothing once
 * connected, but a request for the time to the outside sites. Each attempt is written down before it is made.
 * Argument: file of a WormPlan in JSON. Ends when its input ends.
 */
import { execFile, execFileSync } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { appendFileSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import type { AttemptKind, WormPlan, WormRecord } from './profile.js';
import { ascending, inTurn, neighbourEntries, randomOutside, strangerMac } from './targets.js';

const LINK = 'wl-e0';
/** Shorter than the kernel's first retransmission at 1 s: one attempt is one SYN. */
const PATIENCE_MS = 900;
/** How long an ARP request may stand unanswered before the neighbour's entry is put back. */
const ARP_MS = 60;

const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as WormPlan;
const { profile } = plan;
let attempts = 0;

function write(record: WormRecord): void {
  appendFileSync(plan.journal, `${JSON.stringify(record)}\n`);
}

function begin(kind: AttemptKind, target: string, port: number): (outcome: string) => void {
  const attempt = (attempts += 1);
  write({ kind, attempt, at: now(), target, port });
  let open = true;
  return (outcome) => {
    if (open) write({ kind: 'outcome', attempt, at: now(), outcome });
    open = false;
  };
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

/** @param say what is sent once connected; nothing: the connection is closed at once */
function tryConnect(kind: AttemptKind, host: string, port: number, say?: string): void {
  const end = begin(kind, host, port);
  const socket = connect({ host, port });
  const timer = setTimeout(() => {
    end('silent');
    socket.destroy();
  }, PATIENCE_MS);
  socket.on('connect', () => {
    if (say) return void socket.write(say);
    end('answered');
    socket.destroy();
  });
  socket.on('data', () => {
    end('answered');
    socket.destroy();
  });
  socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  socket.on('close', () => clearTimeout(timer));
}

/** A resolver for each look-up: each then leaves from a port of its own, as a worm's do. */
function resolver(): Resolver {
  const one = new Resolver({ timeout: PATIENCE_MS, tries: 1 });
  one.setServers([plan.resolver]);
  return one;
}

async function lookUp(name: string): Promise<string | undefined> {
  const end = begin('name', name, 53);
  try {
    const [address] = await resolver().resolve4(name);
    end('answered');
    return address;
  } catch (error) {
    end((error as NodeJS.ErrnoException).code ?? 'failed');
    return undefined;
  }
}

async function visit(site: string): Promise<void> {
  const address = await lookUp(site);
  if (address) tryConnect('site', address, 80, `GET / HTTP/1.0\r\nHost: ${site}\r\n\r\n`);
}

const ip = promisify(execFile);

/** Forgets a neighbour, so that the kernel asks for it, and puts the entry back; what waited for it then leaves. */
async function askForNeighbour(address: string, mac: string): Promise<void> {
  await ip('ip', ['neigh', 'del', address, 'dev', LINK]).catch(() => undefined);
  begin('arp', address, 0)('sent');
  tryConnect('neighbour', address, profile.scan.port);
  await new Promise((resolve) => setTimeout(resolve, ARP_MS));
  await ip('ip', ['neigh', 'replace', address, 'lladdr', mac, 'dev', LINK, 'nud', 'permanent']).catch(() => undefined);
}

/** Calls `act` at a steady pace that does not drift, from `offsetMs` on. */
function steadily(perSecond: number, offsetMs: number, act: () => void): void {
  if (perSecond <= 0) return;
  const start = now() + offsetMs;
  const next = (count: number): void => {
    setTimeout(
      () => {
        act();
        next(count + 1);
      },
      Math.max(0, start + (count * 1000) / perSecond - now()),
    );
  };
  next(0);
}

// The default route's gateway is a neighbour as well; others of the subnet are strangers that do not exist.
execFileSync('ip', ['-batch', '-'], { input: neighbourEntries(plan.address, plan.neighbours, LINK).join('\n') });

const neighbours = ascending(plan.address);
const outside = randomOutside(plan.seed);
const names = inTurn(plan.names);
const gateway = `${plan.address.slice(0, plan.address.lastIndexOf('.'))}.1`;
const real = inTurn(plan.neighbours.filter(({ address }) => address !== gateway));
const overIpv6 = inTurn(plan.neighbours.flatMap(({ linkLocal }) => linkLocal ?? []));
const { scan, clockSite, outsideHost } = profile;

process.stdin.on('end', () => process.exit(0)).resume();
steadily(scan.ownSubnetPerSecond, 0, () => tryConnect('neighbour', neighbours.next().value, scan.port));
steadily(scan.randomPerSecond, 50, () => tryConnect('random', outside.next().value, scan.port));
steadily(profile.namesPerSecond, 25, () => {
  const name = names.next().value;
  if (name) void lookUp(name);
});
steadily(1 / clockSite.everySeconds, 500, () => void visit(clockSite.name));
steadily(1 / outsideHost.everySeconds, 700, () => void visit(outsideHost.name));
steadily(profile.neighboursPerSecond, 300, () => {
  const target = real.next().value;
  if (target) void askForNeighbour(target.address, target.mac ?? strangerMac(target.address));
  const linkLocal = overIpv6.next().value;
  if (linkLocal) tryConnect('ipv6', `${linkLocal}%${LINK}`, scan.port);
});
