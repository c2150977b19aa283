import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openStage, type Stage } from '../stage/stage.js';
import * as site from '../stage/site-files.js';
import { playContainment, type ContainmentResult } from './containment.js';
import { LONGEST_GAP_MS, drill, playDelegated, playRelease } from './delegated.js';
import { containmentMs, timelineOf, timelineText } from './timeline.js';
import { verdictText } from './witnesses.js';

const { values } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    approve: { type: 'boolean', default: false },
    nac: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const USAGE = `npm run demo                the main job, then it stays up for you to look at
npm run demo -- --once      the main job, ends by itself; exit status 0 only if every witness agrees
npm run demo -- --approve   stops at the proposal until somebody approves
npm run demo -- --nac radius   the MRI logs in by 802.1X, and Lazaret works through the hospital's RADIUS server;
                            also with --once or --approve`;

const began = performance.now();
const tell = (line: string): void =>
  console.log(`[${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s] ${line}`);

async function main(): Promise<number> {
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.nac !== undefined && values.nac !== 'radius') {
    console.error(`No NAC is called ${values.nac}: --nac takes radius.\n${USAGE}`);
    return 64;
  }
  const nac = values.nac === 'radius';
  const policy = site.policy({ alone: !values.approve && !nac, ...(nac ? { maxInterruptionMs: LONGEST_GAP_MS } : {}) });
  const stage = await openStage({ name: 'demo', log: tell, policy, ...(nac ? { nac: 'radius' } : {}) });
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  try {
    const ok = await Promise.race([nac ? playNac(stage) : play(stage), interrupted]);
    if (ok === undefined) return 130;
    if (!values.once) await stayUp(stage, interrupted);
    return ok ? 0 : 1;
  } finally {
    tell('closing');
    await stage.close();
  }
}

async function play(stage: Stage): Promise<boolean> {
  const proposed = values.approve ? { proposed: (id: string) => askPeople(stage, id) } : {};
  return report(await playContainment(stage, { tell, ...proposed }));
}

/** The release is part of it where the demo ends by itself; else it is left to whoever looks on. */
async function playNac(stage: Stage): Promise<boolean> {
  await drill(stage, tell);
  const result = await playDelegated(stage, {
    tell,
    ...(values.approve ? { approve: (id: string) => askPeople(stage, id) } : {}),
  });
  const released = values.once ? await playRelease(stage, result, tell) : [];
  const verdicts = [...result.verdicts, ...released];
  const ok = verdicts.every((verdict) => verdict.ok);
  console.log(`\nWitnesses\n${verdicts.map(verdictText).join('\n')}`);
  const said = ok
    ? `The RADIUS server put the MRI into quarantine, its images went on after the announced gap${values.once ? ', and release brought all of it back' : ''}.`
    : 'FAILED: not every witness agrees.';
  console.log(`\n${said}\n`);
  return ok;
}

function report({ timeline, verdicts }: ContainmentResult): boolean {
  console.log(`\nTimeline\n${timelineText(timelineOf(timeline))}`);
  console.log(`\nWitnesses\n${verdicts.map(verdictText).join('\n')}`);
  const ok = verdicts.every((verdict) => verdict.ok);
  console.log(
    `\n${ok ? `The MRI was contained ${containmentMs(timeline)} ms after the first worm packet, and its images kept arriving.` : 'FAILED: not every witness agrees.'}\n`,
  );
  return ok;
}

async function askPeople(stage: Stage, quarantineId: string): Promise<void> {
  const { rest, tokens } = stage;
  const path = `/v1/quarantines/${quarantineId}`;
  type Found = { planDigest: string | null; policyVersion: string };
  const read = (): Promise<Found> => rest.must(rest.as(tokens.viewer).get<Found>(path));
  // The plan is on its way from enforcement to the orchestrator.
  let found = await read();
  for (let tries = 0; !found.planDigest && tries < 200; tries += 1) {
    await sleep(50);
    found = await read();
  }
  const body = JSON.stringify({
    planDigest: found.planDigest,
    policyVersion: found.policyVersion,
    reason: 'agreed with radiology',
  });
  tell('there is a proposal; nothing changes on the switch until somebody approves it');
  console.log(`\nOn the page:  ${rest.baseUrl}/   (token: ${tokens.approver})\n\nOr:\n
curl -sS -X POST ${rest.baseUrl}${path}/approvals \\
  -H 'Authorization: Bearer ${tokens.approver}' -H 'Content-Type: application/json' \\
  -d '${body}'\n`);
}

async function stayUp({ rest, tokens, places }: Stage, interrupted: Promise<void>): Promise<void> {
  console.log(`Everything stays up. Look at it:
  page      ${rest.baseUrl}/   (token: ${tokens.approver})
  command   LAZARET_URL=${rest.baseUrl} LAZARET_TOKEN=${tokens.approver} node dist/apps/cli/src/main.js list
  release   the same with: release mri-1 --reason "cleaned"
  files     ${places.folder}
Ctrl-C ends it and leaves nothing behind.`);
  await interrupted;
}

process.exitCode = await main();
