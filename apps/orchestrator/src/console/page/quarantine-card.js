import { element } from './element.js';
import { post } from './rest.js';

const truths = ['intended', 'acknowledged', 'proven'];
const truthWords = {
  intended: 'Wanted',
  acknowledged: 'The switch says so',
  proven: 'Proven on the wire',
};

/** One quarantine: what is known of the device, why, what would happen or has happened, and what a person can do. */
export function quarantineCard(quarantine, changed) {
  const { decision } = quarantine;
  return element(
    'article',
    { className: `card ${decision}`, id: `quarantine-${quarantine.quarantineId}` },
    element('h3', {}, quarantine.name),
    facts(quarantine),
    decision === 'approved' || decision === 'released' ? truth(quarantine) : null,
    ...quarantine.conditions.map((c) => element('p', { className: 'condition' }, `${c.condition}: ${c.reason}`)),
    ...reasons(quarantine.assessment),
    ...planned(quarantine),
    decision === 'proposed' ? decide(quarantine, changed) : null,
    decision === 'approved' ? release(quarantine, changed) : null,
  );
}

function facts({ modality, ward, criticality, requestedBy, reason }) {
  return element(
    'p',
    { className: 'facts' },
    `${modality} · ${ward} · ${criticality} · asked by ${requestedBy}: ${reason}`,
  );
}

function truth(quarantine) {
  const lifting = quarantine.decision === 'released' ? 'Release: ' : '';
  return element(
    'ol',
    { className: 'truth', 'aria-label': 'How sure it is' },
    ...truths.map((word) =>
      element('li', word === quarantine.truth ? { 'aria-current': 'step' } : {}, lifting + truthWords[word]),
    ),
  );
}

const decibans = (value) => `${value.toFixed(1).replace('-', '\u2212')} dB`;

function reasons(assessment) {
  if (!assessment) return [element('p', {}, 'A person asked for this; there is no assessment.')];
  const rows = assessment.parts.map((part) =>
    element(
      'tr',
      {},
      element('td', {}, part.why),
      element('td', {}, `${part.family}, seen by ${part.trustDomain}`),
      element(
        'td',
        {},
        `${decibans(part.counted)}${part.cutBy ? ` of ${part.decibans.toFixed(1)}, cut by ${part.cutBy}` : ''}`,
      ),
      element('td', { className: 'number' }, decibans(part.withoutIt)),
    ),
  );
  return [
    element('p', { className: 'verdict' }, `${assessment.sentence} That makes it ${assessment.inWords}.`),
    element('h4', {}, `Why (${decibans(assessment.logOdds)} in all)`),
    table(['What was seen', 'Kind', 'Weighs', 'Without it'], rows),
  ];
}

function planned({ plan, permits, cut, whyNotAlone }) {
  if (!plan) return [element('p', {}, 'Enforcement has not made a plan yet.')];
  const interruption =
    plan.interruptionMs === 0 ? 'Nothing is interrupted.' : `Interrupted for up to ${plan.interruptionMs} ms.`;
  const broken = plan.associationsBroken > 0 ? ` ${plan.associationsBroken} open associations would break.` : '';
  const refused = plan.refusedModes.map((mode) => element('li', {}, `Not as ${mode.planMode}: ${mode.reason}`));
  const cutIds = new Set(plan.cut);
  const rows = [...permits.map((permit) => permitRow(permit, !cutIds.has(permit.flowId))), ...cut.map(cutRow)];
  return [
    ...whyNotAlone.map((finding) => element('p', { className: 'facts' }, `A person decides: ${finding.message}`)),
    element('h4', {}, 'The plan'),
    element('ul', {}, ...plan.steps.map((step) => element('li', {}, step)), ...refused),
    element('p', {}, interruption + broken),
    table(['', 'Flow', 'Peer', ''], rows),
    element('details', {}, element('summary', {}, 'How to undo it by hand'), element('pre', {}, plan.undo.join('\n'))),
  ];
}

function permitRow({ service, peerAddress, port, transport, opener, required }, kept) {
  const peer = `${peerAddress} ${port}/${transport}${opener === 'peer' ? ', opened by the peer' : ''}`;
  return flowRow(kept, service, peer, required ? 'required' : '');
}

/** A flow of the last days that no permit keeps. */
function cutRow({ peerName, peerAddress, port, transport, day }) {
  const peer = `${peerName ?? peerAddress ?? 'unknown'}${port === null ? '' : ` ${port}`}${transport ? `/${transport}` : ''}`;
  return flowRow(false, 'not in the contract', peer, `seen on ${day}`);
}

function flowRow(kept, ...texts) {
  return element(
    'tr',
    {},
    element('td', { className: kept ? 'kept' : 'cut' }, kept ? 'Stays open' : 'Cut'),
    ...texts.map((text) => element('td', {}, text)),
  );
}

function table(head, rows) {
  if (rows.length === 0) return null;
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...head.map((text) => element('th', {}, text)))),
    element('tbody', {}, ...rows),
  );
}

function decide(quarantine, changed) {
  const { plan, policyVersion, approvals, approvalsNeeded } = quarantine;
  const path = `/v1/quarantines/${quarantine.quarantineId}`;
  const approve = (reason) => post(`${path}/approvals`, { planDigest: plan.planDigest, policyVersion, reason });
  const given = approvals.map((a) => `${a.person}: ${a.reason}`).join('; ');
  return actionForm(
    `${approvals.length} of ${approvalsNeeded} approvals${given ? ` (${given})` : ''}`,
    [
      { label: 'Approve', className: 'approve', run: approve, disabled: !plan?.possible },
      { label: 'Reject', className: 'reject', run: (reason) => post(`${path}/rejections`, { reason }) },
    ],
    changed,
  );
}

function release(quarantine, changed) {
  const run = (reason) => post(`/v1/quarantines/${quarantine.quarantineId}/releases`, { reason });
  return actionForm(
    'Release takes our rules away and nothing else.',
    [{ label: 'Release', className: 'release', run }],
    changed,
  );
}

function actionForm(hint, actions, changed) {
  const reason = element('input', {
    name: 'reason',
    placeholder: 'Your reason, for the record',
    required: true,
    'aria-label': 'Reason',
  });
  const problem = element('p', { className: 'problem', role: 'alert' });
  const buttons = actions.map(({ label, className, disabled }) =>
    element('button', { className, value: label, disabled: disabled ?? false }, label),
  );
  const form = element('form', {}, element('p', { className: 'hint' }, hint), reason, ...buttons, problem);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const chosen = actions.find((action) => action.label === event.submitter?.value) ?? actions[0];
    for (const button of buttons) button.disabled = true;
    try {
      await chosen.run(reason.value);
      await changed();
    } catch (error) {
      problem.textContent = error.message;
      buttons.forEach((button, i) => (button.disabled = actions[i].disabled ?? false));
    }
  });
  return form;
}
