import type { DeviceInterface } from '#events';
import { permitsOf } from '../contract/permits.js';
import type { DeviceReadiness, DeviceView, PointView, ReadyAnswer } from '../queries.js';
import { drillMissing, faultsOf } from './point-readiness.js';
import { isHealthy, list, seconds, servingPoints, watchersOf, weighing, type Site } from './site.js';

interface Answer extends ReadyAnswer {
  missing: string[];
}
type Isolate = Answer & Pick<DeviceReadiness['isolate'], 'pointIds' | 'modes'>;

/** Can we see it, can we isolate it, would its images flow, who could act: each in words, with what to do. */
export function deviceReadiness(device: DeviceView, site: Site): DeviceReadiness {
  const { deviceId, asset, name, ward, criticality } = device;
  const exempt = device.infrastructure || device.protected;
  const isolate = exempt ? never(device) : canIsolate(device, site);
  const answers = { see: canSee(device, site), images: imagesFlow(device, site), domains: whoCouldAct(device, site) };
  const { see, images, domains } = answers;
  const missing = exempt ? [] : [see, isolate, images, domains].flatMap((one) => one.missing);
  return {
    deviceId,
    asset,
    name,
    site: device.site,
    ward,
    criticality,
    exempt,
    ready: !exempt && see.ok && isolate.ok && images.ok,
    see: spoken(see),
    isolate: { ...spoken(isolate), pointIds: isolate.pointIds, modes: isolate.modes },
    images: spoken(images),
    domains: { ...spoken(domains), names: domains.names },
    missing: [...new Set(missing)],
  };
}

function canSee({ interfaces }: DeviceView, { sensors, now }: Site): Answer {
  const lost = interfaces.filter(({ pointId, port }) => pointId === null || port === null);
  const dark = interfaces.filter(({ pointId, vlan }) => {
    if (pointId === null) return false;
    return !watchersOf(sensors, pointId, vlan).some((sensor) => isHealthy(sensor, now));
  });
  const missing = [
    ...lost.map(({ mac }) => `Nobody knows where ${mac} is plugged in: check the MAC and the sensors of its switch.`),
    ...dark.map(({ pointId }) => `No healthy sensor sees frames at ${pointId}: nothing would be proven there.`),
  ];
  if (interfaces.length === 0)
    return { ok: false, sentence: 'No interface is known.', missing: ['No interface is known.'] };
  const where = interfaces.flatMap((one) => (one.port === null ? [] : [`${one.pointId} ${one.port}`]));
  const at = where.length === 0 ? 'Its attachment is unknown' : `It is at ${list(where)}`;
  const seen = dark.length > 0 || lost.length > 0 ? 'not all of it is seen' : 'its frames are seen';
  return { ok: missing.length === 0, sentence: `${at}; ${seen}.`, missing };
}

function canIsolate(device: DeviceView, site: Site): Isolate {
  const attached = device.interfaces.filter(({ pointId }) => pointId !== null);
  const each = attached.map((one) => atInterface(one, device, site));
  const missing = each.flatMap((one) => one.missing);
  const ok = each.length > 0 && each.every((one) => one.ok);
  const pointIds = [...new Set(each.flatMap((one) => one.pointIds))];
  // What the device as a whole would go through: the mildest that fits at each interface, and the worst of those.
  const modes = [
    ...new Map(each.flatMap((one) => one.modes.slice(0, 1)).map((mode) => [mode.planMode, mode])).values(),
  ];
  const how = modes.map(({ planMode, interruptionMs }) => `${planMode}, ${seconds(interruptionMs)}`);
  if (ok) return { ok, sentence: `By ${list(pointIds)}: ${how.join('; ')}.`, missing, pointIds, modes };
  const sentence = each.length === 0 ? 'It is plugged in nowhere.' : 'It could not be isolated now.';
  return { ok, sentence, missing, pointIds, modes };
}

function atInterface(
  { pointId: switchId, port, mac, addressing }: DeviceInterface,
  device: DeviceView,
  site: Site,
): Isolate {
  const none = { ok: false, sentence: '', modes: [] };
  const serving = servingPoints(site.points, switchId ?? '');
  if (!serving) {
    const cure = `name ${switchId} as a point, or among the switches of a NAC, in enforcement's file`;
    return {
      ...none,
      pointIds: [],
      missing: [`No enforcement point serves ${switchId} ${port}, where ${mac} is: ${cure}.`],
    };
  }
  const [point] = serving;
  const pointIds = serving.map((one) => one.pointId);
  const faults = serving.flatMap(faultsOf);
  if (!point) return { ...none, pointIds, missing: faults };
  if (point.policyPoint !== null && serving.length < 2) {
    faults.push(`${point.pointId} goes by the policy of ${point.policyPoint}, which enforcement has not reported.`);
  }
  const fit = point.modes.map((mode) => ({ mode, reason: whyNot(mode, addressing, device, site) }));
  const modes = fit.flatMap(({ mode, reason }) =>
    reason === null ? [{ planMode: mode.planMode, interruptionMs: mode.interruptionMs }] : [],
  );
  const refused = fit.map(({ mode, reason }) => `${mode.planMode}: ${reason}`).join('; ');
  const impossible = modes.length === 0 ? [`${point.pointId} has no mode for it (${refused}).`] : [];
  const missing = [...faults, ...impossible, ...drillMissing(point)];
  return { ok: faults.length === 0 && modes.length > 0, sentence: '', missing, pointIds, modes };
}

const WORDS: Record<string, string> = {
  'point-cannot': 'the point does not do that',
  'no-quarantine-vlan': 'no quarantine VLAN is configured',
  'filters-one-direction': 'it is not known to filter both directions',
  'covers-too-little': 'it is not known to filter all protocols',
};

/** Why a usable mode of a point does not fit this device under this policy; null: it does. */
function whyNot(
  { planMode, usable, reason, interruptionMs, keepsAddress, callBacks }: PointView['modes'][number],
  addressing: DeviceInterface['addressing'],
  { contract }: DeviceView,
  { terms }: Site,
): string | null {
  if (!usable) return WORDS[reason ?? ''] ?? reason ?? 'not usable';
  if (planMode === 'filter' && terms.requireQuarantineVlan) return 'the policy wants the quarantine VLAN';
  if (!keepsAddress && addressing !== 'dhcp') return 'its address would change, and it is not by DHCP';
  if (!callBacks && contract.flows.some(({ opener }) => opener === 'peer')) return 'its call-backs would not arrive';
  if (interruptionMs <= terms.maxInterruptionMs) return null;
  return `${seconds(interruptionMs)}, and the policy accepts ${(terms.maxInterruptionMs / 1000).toFixed(1)} s`;
}

/** At least so many entries: each flow has both ways where the point does not follow connections, and one line denies. */
function entriesAtLeast(permits: number, { stateful }: PointView): number {
  return (stateful ? permits : 2 * permits) + 1;
}

function imagesFlow({ contract, interfaces, name }: DeviceView, { points }: Site): Answer {
  const { flows, unresolved } = contract;
  if (flows.length === 0) {
    const missing = [`${name} has no contract, so isolating it cuts everything: import its flows with the inventory.`];
    return { ok: false, sentence: 'Nothing would stay open: no flow of it is known.', missing };
  }
  const permits = permitsOf(flows, interfaces).length;
  const tight = interfaces.flatMap(({ pointId }) => {
    const serving = pointId === null ? null : servingPoints(points, pointId);
    // Who is told the permits holds the entries: the policy's source, where there is one.
    const holder = serving?.at(-1);
    if (!holder) return [];
    const needs = entriesAtLeast(permits, holder);
    if (needs <= holder.entries) return [];
    return [`${holder.pointId} takes ${holder.entries} entries, and ${permits} permits need at least ${needs}.`];
  });
  const unknown = unresolved.map((flow) => `No address is known for ${flow}: declare it in the inventory.`);
  const missing = [...unknown, ...tight];
  const kept = `${permits} flows of its contract would stay open`;
  const sentence = missing.length === 0 ? `${kept}.` : `${kept} at most: see what is missing.`;
  return { ok: missing.length === 0, sentence, missing };
}

function whoCouldAct({ interfaces }: DeviceView, { sensors, now }: Site): Answer & { names: string[] } {
  const covering = interfaces.flatMap(({ pointId, vlan }) =>
    pointId === null ? [] : weighing(sensors, pointId, vlan),
  );
  const healthy = covering.filter((sensor) => sensor.authenticated && isHealthy(sensor, now));
  const names = [...new Set(healthy.map(({ trustDomain }) => trustDomain))].sort();
  const ok = names.length >= 2;
  if (ok) return { ok, names, sentence: `A policy could act alone on ${list(names)} together.`, missing: [] };
  const ill = [...new Set(covering.filter((one) => !healthy.includes(one)).map(({ sensorId }) => sensorId))];
  const cure = ill.length > 0 ? `mend ${list(ill)}` : 'add a sensor of another trust domain';
  const who = names.length === 0 ? 'No healthy, authenticated sensor' : `Only the domain ${names[0]}`;
  const missing = [`${who} could weigh against it, and a policy acts alone on two domains only: ${cure}.`];
  return { ok, names, sentence: `${who} could weigh against it: people decide.`, missing };
}

function never({ infrastructure }: DeviceView): Isolate {
  const why = infrastructure
    ? 'Infrastructure is never isolated.'
    : 'It is on the protected list: it is never isolated.';
  return { ok: false, sentence: why, missing: [], pointIds: [], modes: [] };
}

function spoken({ ok, sentence }: Answer): ReadyAnswer {
  return { ok, sentence };
}
