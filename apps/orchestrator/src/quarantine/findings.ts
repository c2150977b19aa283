import { permitsOf, requiredFlowsCut } from '../contract/permits.js';
import { isProtected, type Verdict } from '../policy/evaluate.js';
import type { Policy } from '../policy/policy.js';
import type { Finding } from '../queries.js';
import type { Situation } from './situation.js';

/** What a check looks at. */
export interface Case {
  policy: Policy;
  verdict: Verdict;
  situation: Situation;
}

/** A rule that no policy lifts: null where it has nothing against it. */
export type Check = (input: Case) => Finding | null;

const finding = (holds: boolean, reason: string, message: string): Finding | null =>
  holds ? { reason, message } : null;

export const infrastructure: Check = ({ situation }) =>
  finding(situation.device.infrastructure, 'infrastructure', 'Infrastructure is never isolated.');

export const protectedDevice: Check = ({ policy, situation }) =>
  finding(isProtected(policy, situation.device), 'protected', 'The device is on the protected list.');

export const killSwitchOn: Check = ({ situation }) =>
  finding(situation.killSwitch, 'kill-switch-on', 'The kill switch is on: nothing is written but a release.');

export const noAttachment: Check = ({ situation }) =>
  finding(
    !situation.device.interfaces.some(({ pointId }) => pointId !== null),
    'no-attachment',
    'No interface of the device is known to be plugged in anywhere.',
  );

export const heldByHand: Check = ({ situation }) =>
  finding(situation.held, 'held', 'An engineer holds the device: the policy does not act on it.');

export const ruleAsksPeople: Check = ({ verdict }) =>
  finding(verdict.outcome !== 'isolate', 'rule-asks-people', `The rule ${verdict.rule} asks people.`);

export const singleDomain: Check = ({ situation }) =>
  finding(
    !situation.assessment?.mayActAlone,
    'single-domain',
    'The evidence of authenticated sensors in more than one trust domain does not reach isolate by itself.',
  );

export const noContract: Check = ({ situation }) =>
  finding(
    situation.contract.flows.length === 0,
    'no-contract',
    'The device has no contract: isolating it cuts everything.',
  );

export const lifeCritical: Check = ({ situation }) =>
  finding(
    situation.device.criticality === 'life-critical',
    'life-critical',
    'A life-critical device needs two people.',
  );

export const lateContract: Check = ({ situation: { contract, assessment } }) => {
  const since = assessment?.firstEvidenceAt;
  const late = contract.flows.filter((flow) => flow.resolvedBy !== 'inventory' && since && flow.resolvedAt > since);
  return finding(
    late.length > 0,
    'late-contract',
    'An address of the contract was learned after the first evidence: a person has to look at it.',
  );
};

export const planPending: Check = ({ situation }) =>
  finding(!situation.open?.plan, 'plan-pending', 'Enforcement has not answered with a plan yet.');

export const planImpossible: Check = ({ situation }) => {
  const plan = situation.open?.plan;
  const why = plan?.refusedModes.map(({ planMode, reason }) => `${planMode}: ${reason}`).join(', ');
  return finding(
    plan?.possible === false,
    'plan-impossible',
    `Enforcement can't isolate the device (${why || 'no port'}).`,
  );
};

export const requiredFlowCut: Check = ({ situation }) => {
  const { contract, open } = situation;
  const cut = requiredFlowsCut(
    contract,
    open?.permits ?? permitsOf(contract.flows, situation.device.interfaces),
    open?.plan?.cut ?? [],
  );
  return finding(cut.length > 0, 'required-flow-cut', `The plan would cut required flows: ${cut.join(', ')}.`);
};

export const interruptionTooLong: Check = ({ verdict, situation }) => {
  const milliseconds = situation.open?.plan?.interruptionMs ?? 0;
  return finding(
    milliseconds > verdict.terms.maxInterruptionMs,
    'interruption-too-long',
    `The plan interrupts for ${milliseconds} ms; the policy accepts ${verdict.terms.maxInterruptionMs} ms.`,
  );
};

/** Why the policy can't propose a device by itself. */
export const TO_PROPOSE: readonly Check[] = [infrastructure, protectedDevice];

/** Why a person can't ask for an isolation. */
export const TO_OPEN: readonly Check[] = [infrastructure, protectedDevice, noAttachment, killSwitchOn];

/** Why a person's approval is not taken, whoever it is. */
export const TO_APPROVE: readonly Check[] = [
  infrastructure,
  protectedDevice,
  killSwitchOn,
  planPending,
  planImpossible,
  requiredFlowCut,
];

/** Why the policy does not decide alone. */
export const TO_ACT_ALONE: readonly Check[] = [
  ...TO_PROPOSE,
  ruleAsksPeople,
  singleDomain,
  noContract,
  lifeCritical,
  lateContract,
  killSwitchOn,
  heldByHand,
  planPending,
  planImpossible,
  requiredFlowCut,
  interruptionTooLong,
];

export function firstFinding(checks: readonly Check[], input: Case): Finding | null {
  for (const check of checks) {
    const found = check(input);
    if (found) return found;
  }
  return null;
}

export function allFindings(checks: readonly Check[], input: Case): Finding[] {
  return checks.flatMap((check) => check(input) ?? []);
}
