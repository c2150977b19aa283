import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { judge, type Facts, type Finding } from '../doctor/findings.js';
import { EXIT } from '../exit-codes.js';
import type { OpenSession } from '../session.js';

const run = promisify(execFile);
const PROGRAMS = ['java', 'mvn', 'ovs-vsctl', 'ovs-ofctl', 'storescu', 'dnsmasq', 'tcpdump', 'ip'];

/** `doctor`: whether this machine has what Lazaret and its demo need, and what to do where it has not. */
export function addDoctorCommand(program: Command, open: OpenSession): void {
  program
    .command('doctor')
    .description('check this machine: root, Java, packages, ports, reverse-path filtering')
    .option('--ports <list>', 'ports that must be free, comma separated', '')
    .option('--interface <name>', 'the management interface that flow exporters send to')
    .action(async ({ ports, interface: name }: { ports: string; interface?: string }) => {
      const findings = judge(await facts(ports.split(',').filter(Boolean).map(Number), name));
      open().print(findings, people);
      if (findings.some((finding) => finding.state === 'missing')) process.exitCode = EXIT.refused;
    });
}

async function facts(ports: number[], managementInterface: string | undefined): Promise<Facts> {
  const present = await Promise.all(PROGRAMS.map(async (name) => [name, await answers('which', [name])] as const));
  const java = await run('java', ['-version']).then(
    ({ stderr }) => /version "(\d+)/.exec(stderr)?.[1],
    () => undefined,
  );
  const rpFilter = ['all', ...(managementInterface ? [managementInterface] : [])].map(
    (name) => [name, readSetting(`/proc/sys/net/ipv4/conf/${name}/rp_filter`)] as const,
  );
  return {
    root: process.getuid?.() === 0,
    node: process.versions.node,
    java: java === undefined ? undefined : Number(java),
    programs: Object.fromEntries(present),
    takenPorts: (await Promise.all(ports.map(async (port) => ((await isFree(port)) ? [] : [port])))).flat(),
    rpFilter: Object.fromEntries(rpFilter),
    managementInterface,
  };
}

async function answers(command: string, args: string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

function readSetting(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function people(findings: Finding[]): string {
  return findings.map(({ state, what, cure }) => `${state.padEnd(8)}${what}${cure ? `: ${cure}` : ''}`).join('\n');
}
