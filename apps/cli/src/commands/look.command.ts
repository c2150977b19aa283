import type { Command } from 'commander';
import { columns } from '../output.js';
import type { OpenSession } from '../session.js';
import {
  findDevice,
  findQuarantine,
  listAll,
  type Device,
  type Listed,
  type Quarantine,
  type QuarantineSummary,
} from './find.client.js';

/** `list` and `show`: what is known and what is decided. */
export function addLookCommands(program: Command, open: OpenSession): void {
  program
    .command('list')
    .description('quarantines, or with --devices the devices')
    .option('--devices', 'list devices instead')
    .option('--decision <decision>', 'only quarantines that are proposed, approved, rejected, …')
    .action(async (options: { devices?: boolean; decision?: string }) => {
      const session = open();
      if (options.devices) return session.print(await listAll<Device>(session.rest, '/v1/devices'), deviceTable);
      const filter = options.decision ? `?decision=${encodeURIComponent(options.decision)}` : '';
      session.print(await listAll<QuarantineSummary>(session.rest, `/v1/quarantines${filter}`), quarantineTable);
    });
  program
    .command('show')
    .description('one quarantine or device whole: evidence, plan, permits, timeline')
    .argument('<which>', "a quarantine's id, or a device's id, asset or name")
    .action(async (which: string) => {
      const session = open();
      const quarantine = await findQuarantine(session.rest, which, false);
      if (!quarantine) return session.print(await findDevice(session.rest, which), deviceText);
      const { items } = await session.rest.call<{ items: Line[] }>(
        `/v1/quarantines/${quarantine.quarantineId}/timeline`,
      );
      session.print({ ...quarantine, timeline: items }, quarantineText);
    });
}

interface Line {
  at: string;
  kind: string;
  actor: string;
  detail: string;
}

function deviceTable({ items }: Listed<Device>): string {
  const rows = items.map((d) => [
    d.name,
    d.ward,
    d.criticality,
    attached(d),
    d.assessment?.level,
    d.openQuarantine?.decision,
    d.openQuarantine?.truth,
  ]);
  return columns(['DEVICE', 'WARD', 'CRITICALITY', 'PLUGGED IN', 'LEVEL', 'QUARANTINE', 'TRUTH'], rows);
}

function attached(device: Device): string {
  return device.interfaces.map((i) => (i.port ? `${i.pointId} ${i.port} VLAN ${i.vlan ?? '?'}` : '')).join('; ');
}

function quarantineTable({ items }: Listed<QuarantineSummary>): string {
  const rows = items.map((q) => [
    q.quarantineId,
    q.name,
    q.ward,
    q.decision,
    q.truth,
    q.conditions.map((c) => c.condition).join(','),
    q.inWords,
  ]);
  return columns(['QUARANTINE', 'DEVICE', 'WARD', 'DECISION', 'TRUTH', 'CONDITIONS', 'INFECTED?'], rows);
}

function deviceText(device: Device): string {
  const flows = device.contract.flows.map((f) => [
    f.service,
    f.peerAddress,
    `${f.port}/${f.transport}`,
    f.opener,
    f.required ? 'required' : '',
  ]);
  return [
    `${device.name} (${device.deviceId}), ${device.modality}, ${device.ward}, ${device.criticality}`,
    `plugged in: ${attached(device) || 'nowhere that a sensor sees'}`,
    device.assessment ? `${device.assessment.sentence} ${device.assessment.inWords}.` : 'Nothing seen that weighs.',
    columns(['SERVICE', 'PEER', 'PORT', 'OPENED BY', ''], flows),
  ].join('\n');
}

function quarantineText(quarantine: Quarantine & { timeline: Line[] }): string {
  const { plan, assessment } = quarantine;
  return [
    `${quarantine.name}: ${quarantine.decision}, ${quarantine.truth} (${quarantine.quarantineId})`,
    ...quarantine.conditions.map((c) => `! ${c.condition}: ${c.reason}`),
    `asked by ${quarantine.requestedBy}: ${quarantine.reason}; ${quarantine.approvalsGiven} of ${quarantine.approvalsNeeded} approvals`,
    ...(assessment
      ? [
          `${assessment.sentence} ${assessment.inWords}.`,
          ...assessment.parts.map(
            (p) => `  ${p.counted.toFixed(1)} dB ${p.why} (without it ${p.withoutIt.toFixed(1)} dB)`,
          ),
        ]
      : []),
    ...(plan ? [`plan ${plan.planDigest}`, ...plan.steps.map((s) => `  ${s}`)] : ['no plan yet']),
    'undo by hand:',
    ...quarantine.undo.map((line) => `  ${line}`),
    columns(
      ['AT', 'WHAT', 'WHO', ''],
      quarantine.timeline.map((t) => [t.at, t.kind, t.actor, t.detail]),
    ),
  ].join('\n');
}
