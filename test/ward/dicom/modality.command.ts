/**
 * A modality at work, run in its namespace: sends one study after the other without a pause, asks for the worklist
 * between, asks for storage commitment after each study and listens for the archive's report. Ends after the study in
 * flight when its input ends. Argument: a ModalityPlan in JSON.
 */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HOSTS, SERVICES } from '../network.js';
import { requestCommitment, serveCommitment } from './commitment.js';
import type { ModalityRecord, SentInstance } from './journal.js';
import type { ModalityPlan } from './modality.js';
import { SOP_CLASS, makeInstance, uidOf } from './study.js';

const plan = JSON.parse(process.argv[2] ?? '{}') as ModalityPlan;
const { address: archive, aeTitle: archiveTitle } = HOSTS.archive;
const { address: worklist, aeTitle: worklistTitle } = HOSTS.worklist;
let stopping = false;
/** Transactions whose report has not come yet. */
const unreported = new Set<string>();
/** An archive answers in a second or two; one that does not in this time will not. */
const REPORT_LIMIT_MS = 10_000;

function write(record: ModalityRecord): void {
  appendFileSync(plan.journal, `${JSON.stringify(record)}\n`);
}

interface Prepared {
  dir: string;
  instances: SentInstance[];
}

async function prepare(study: number): Promise<Prepared> {
  const dir = join(plan.scratch, String(study));
  await mkdir(dir, { recursive: true });
  const instances: SentInstance[] = [];
  for (let index = 1; index <= plan.shape.instances; index += 1) {
    const made = makeInstance({ ...plan, study }, index, plan.shape.instanceKib);
    await writeFile(join(dir, `${String(index).padStart(5, '0')}.dcm`), made.file);
    instances.push({ sopInstanceUid: made.sopInstanceUid, sha256: made.sha256 });
  }
  return { dir, instances };
}

function run(program: string, words: string[]): Promise<{ exit: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.on('error', (error) => resolve({ exit: -1, output: error.message }));
    child.on('close', (code, signal) => resolve({ exit: code ?? -1, output: signal ? `${output}${signal}` : output }));
  });
}

function errorsIn(output: string): string {
  return output
    .split('\n')
    .filter((line) => /^[EF]: /.test(line))
    .join('\n');
}

async function send(study: number, prepared: Prepared): Promise<void> {
  const startedAt = Date.now();
  const titles = ['-aet', plan.aeTitle, '-aec', archiveTitle];
  const words = ['-R', ...titles, '--max-pdu', '131072', '-to', '10', '-ta', '60', '-td', '60', '+sd'];
  const { exit, output } = await run('storescu', [...words, archive, String(SERVICES.store.port), prepared.dir]);
  const { instances } = prepared;
  write({ kind: 'study', study, startedAt, endedAt: Date.now(), exit, instances, errors: errorsIn(output) });
  await rm(prepared.dir, { recursive: true, force: true });
  if (plan.commitment && exit === 0) void commit(study, instances);
}

async function commit(study: number, instances: SentInstance[]): Promise<void> {
  const transaction = uidOf(plan.seed, plan.aeTitle, study, 'transaction');
  const references = instances.map((one) => ({
    sopClassUid: SOP_CLASS[plan.modality],
    sopInstanceUid: one.sopInstanceUid,
  }));
  const titles = { callingAeTitle: plan.aeTitle, calledAeTitle: archiveTitle };
  const at = Date.now();
  unreported.add(transaction);
  const outcome = await requestCommitment(
    { address: archive, port: SERVICES.commitment.port, ...titles },
    { transaction, references },
  ).then(
    (status) => ({ status, error: '' }),
    (fault: Error) => ({ status: null, error: fault.message }),
  );
  write({ kind: 'commitment-request', at, study, transaction, ...outcome });
}

async function askWorklist(): Promise<void> {
  const at = Date.now();
  const titles = ['-aet', plan.aeTitle, '-aec', worklistTitle];
  const step = 'ScheduledProcedureStepSequence[0]';
  const keys = [
    'PatientName',
    'PatientID',
    `${step}.ScheduledStationAETitle=${plan.aeTitle}`,
    `${step}.ScheduledProcedureStepStartDate`,
  ];
  const words = ['-v', '-W', ...titles, '-to', '10', '-ta', '10', '-td', '10', ...keys.flatMap((key) => ['-k', key])];
  const { exit, output } = await run('findscu', [...words, worklist, String(SERVICES.worklist.port)]);
  const answers = output.match(/^I: Find Response: \d+ \(Pending\)|^I: Received Find Response \d+/gm)?.length ?? 0;
  write({ kind: 'worklist', at, ms: Date.now() - at, exit, answers, errors: errorsIn(output) });
}

async function askForEver(): Promise<void> {
  while (!stopping) {
    await askWorklist();
    for (let waited = 0; waited < plan.worklistEveryMs && !stopping; waited += 100) await sleep(100);
  }
}

async function sendForEver(): Promise<void> {
  let next = prepare(1);
  for (let study = 1; !stopping; study += 1) {
    const prepared = await next;
    // The next study is made while this one is on the wire, so that nothing but the wire sets the pace.
    next = prepare(study + 1);
    await Promise.all([send(study, prepared), next]);
    if (plan.pauseMs > 0) await sleep(plan.pauseMs);
  }
}

process.stdin.on('end', () => (stopping = true)).resume();
if (plan.commitment)
  serveCommitment(SERVICES.commitmentReport, {
    reported: ({ transaction, committed, failed }) => {
      unreported.delete(transaction);
      write({
        kind: 'commitment-report',
        at: Date.now(),
        transaction,
        committed: committed.length,
        failed: failed.length,
      });
    },
  });
await Promise.all([sendForEver(), plan.worklistEveryMs > 0 ? askForEver() : undefined]);
// The last report is still on its way: who asked for it listens, and lets its association end.
for (let waited = 0; unreported.size > 0 && waited < REPORT_LIMIT_MS; waited += 50) await sleep(50);
await sleep(plan.commitment ? 500 : 0);
process.exit(0);
