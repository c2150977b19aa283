import { othersBehind } from '../read/location.js';
import type { Check, Question, Refusal } from './refusal.js';

/** Asked in this order; the first refusal counts. From enforcement's own file and its own eyes only. */
export const interlocks: readonly Check[] = [
  protectedMac,
  infrastructureDevice,
  infrastructureMac,
  infrastructurePort,
  accessPortOnly,
  infrastructureBehindPort,
  aloneOnPort,
];

/** The first interlock that refuses; null: none does. */
export function interlocked(question: Question): Refusal | null {
  for (const check of interlocks) {
    const refusal = check(question);
    if (refusal) return refusal;
  }
  return null;
}

function protectedMac({ planned, interlocks: { protectedMacs } }: Question): Refusal | null {
  if (!protectedMacs.includes(planned.mac)) return null;
  return { mac: planned.mac, reason: 'protected-mac', message: `${planned.mac} is on the protected list` };
}

function infrastructureDevice({ planned, location }: Question): Refusal | null {
  if (!location?.infrastructure) return null;
  return { mac: planned.mac, reason: 'infrastructure', message: `${location.name} is infrastructure` };
}

function infrastructureMac({ planned, facts, interlocks: { infrastructureMacs } }: Question): Refusal | null {
  const gateway = facts.vlans.find((one) => one.gateway.mac === planned.mac);
  if (gateway) {
    return {
      mac: planned.mac,
      reason: 'infrastructure',
      message: `${planned.mac} is the gateway of VLAN ${gateway.vlan}`,
    };
  }
  if (!infrastructureMacs.includes(planned.mac)) return null;
  return { mac: planned.mac, reason: 'infrastructure', message: `${planned.mac} is declared infrastructure` };
}

function infrastructurePort({ planned, facts }: Question): Refusal | null {
  if (!facts.vlans.some((one) => one.gateway.port === planned.port)) return null;
  return { mac: planned.mac, reason: 'infrastructure', message: `a gateway is behind port ${planned.port}` };
}

function accessPortOnly({ planned, reading }: Question): Refusal | null {
  const port = reading.ports.find((one) => one.port === planned.port);
  const isUntold = planned.profile.state !== 'port' && !port;
  if (isUntold || (port && !port.trunk)) return null;
  return { mac: planned.mac, reason: 'infrastructure', message: `port ${planned.port} is a trunk` };
}

function infrastructureBehindPort(question: Question): Refusal | null {
  const { planned, facts, interlocks } = question;
  const known = [...interlocks.infrastructureMacs, ...facts.vlans.map((one) => one.gateway.mac)];
  const found = behindPort(question).find((mac) => known.includes(mac));
  if (!found) return null;
  return { mac: planned.mac, reason: 'infrastructure', message: `${found}, infrastructure, is behind ${planned.port}` };
}

/** Not asked once applied: what is isolated stays isolated, whatever is heard behind its port since. */
function aloneOnPort(question: Question): Refusal | null {
  const { planned, perSession, applied } = question;
  const others = behindPort(question);
  if (perSession || applied || others.length === 0) return null;
  return {
    mac: planned.mac,
    reason: 'several-macs',
    message: `${others.length} other MACs are behind ${planned.port}`,
  };
}

function behindPort({ planned, reading, neighbours }: Question): string[] {
  const port = reading.ports.find((one) => one.port === planned.port);
  return othersBehind(
    { port: planned.port, macs: port?.macs ?? null },
    planned.mac,
    planned.isolation.switch,
    neighbours,
  );
}
