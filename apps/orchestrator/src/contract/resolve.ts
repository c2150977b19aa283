import { createHash } from 'node:crypto';
import type { DeclaredFlow, DeviceChanged, ResolvedFlow } from '#events';
import { sameJson } from '../canonical-json.js';
import { isAddress } from './address.js';

export type KnownDevice = Pick<
  DeviceChanged['data'],
  'deviceId' | 'site' | 'realm' | 'asset' | 'name' | 'aeTitles' | 'interfaces'
>;

/** An address that a name stands for, and who says so: the inventory for a static address, else the sensor that saw it. */
export interface Resolution {
  address: string;
  deviceId: string | null;
  resolvedBy: string;
}

export interface Contract {
  flows: ResolvedFlow[];
  unresolved: string[];
  /** The unresolved flows that are required: isolating the device would cut them. */
  unresolvedRequired: string[];
  /** The names that nobody answers to, so that a device which comes to bear one is recognised. */
  unresolvedPeers: string[];
}

/**
 * Resolves a device's declared flows to addresses by the devices known. A flow of a peer with several addresses becomes
 * one resolved flow an address. A name that two devices of the realm bear is not guessed: it stays unresolved, and named.
 * A resolution that has not changed keeps its time.
 */
export function resolveContract(
  device: KnownDevice,
  flows: readonly DeclaredFlow[],
  known: readonly KnownDevice[],
  before: readonly ResolvedFlow[],
  now: Date,
): Contract {
  const contract: Contract = { flows: [], unresolved: [], unresolvedRequired: [], unresolvedPeers: [] };
  for (const flow of flows) {
    const found = resolvePeer(device, flow, known);
    if (found.length === 0) {
      contract.unresolved.push(`${flow.service} ${flow.peer}`);
      contract.unresolvedPeers.push(flow.peer);
      if (flow.required) contract.unresolvedRequired.push(`${flow.service} ${flow.peer}`);
    }
    found.forEach((resolution, index) => {
      const resolved = resolvedFlow(device.deviceId, flow, resolution, index, now);
      const old = before.find((earlier) => sameResolution(earlier, resolved));
      contract.flows.push(old ? { ...resolved, resolvedAt: old.resolvedAt } : resolved);
    });
  }
  return contract;
}

/** Whether what others' contracts, or its own, take from a device has changed. */
export function resolvesAlike(
  a: KnownDevice & { flows: DeclaredFlow[] },
  b: KnownDevice & { flows: DeclaredFlow[] },
): boolean {
  const taken = ({ site, realm, asset, name, aeTitles, flows, interfaces }: typeof a) => ({
    site,
    realm,
    asset,
    name,
    aeTitles,
    flows,
    addresses: interfaces.map(({ address, addressing, toldBy }) => ({ address, addressing, toldBy })),
  });
  return sameJson(taken(a), taken(b));
}

/** The names by which other devices' flows may mean this one. */
export function namesOf(device: KnownDevice): string[] {
  const addresses = device.interfaces.flatMap(({ address }) => (address ? [address] : []));
  const names = [device.asset ?? '', device.name, ...device.aeTitles, ...addresses];
  return [...new Set(names.filter((name) => name !== ''))];
}

function resolvePeer(device: KnownDevice, flow: DeclaredFlow, known: readonly KnownDevice[]): Resolution[] {
  if (flow.peerKind === 'address') {
    if (!isAddress(flow.peer)) return [];
    const owner = inRealm(device, known).find(({ interfaces }) =>
      interfaces.some(({ address }) => address === flow.peer),
    );
    return [{ address: flow.peer, deviceId: owner?.deviceId ?? null, resolvedBy: 'inventory' }];
  }
  const bearers = known.filter((candidate) => candidate.deviceId !== device.deviceId && bears(candidate, flow));
  const near = inRealm(device, bearers);
  const candidates = near.length > 0 ? near : bearers;
  return candidates.length === 1 ? addressesOf(candidates[0] as KnownDevice) : [];
}

function bears(candidate: KnownDevice, flow: DeclaredFlow): boolean {
  switch (flow.peerKind) {
    case 'ae-title':
      return candidate.aeTitles.includes(flow.peer);
    case 'asset':
      return candidate.asset === flow.peer;
    case 'name':
      return candidate.name.toLowerCase() === flow.peer.toLowerCase();
    case 'address':
      return false;
  }
}

function inRealm(device: KnownDevice, known: readonly KnownDevice[]): KnownDevice[] {
  return known.filter(({ site, realm }) => site === device.site && realm === device.realm);
}

function addressesOf(peer: KnownDevice): Resolution[] {
  const found = peer.interfaces.flatMap(({ address, addressing, toldBy }) =>
    address === null
      ? []
      : [
          {
            address,
            deviceId: peer.deviceId,
            resolvedBy: addressing === 'static' ? 'inventory' : (toldBy ?? 'discovery'),
          },
        ],
  );
  return found.sort((a, b) => a.address.localeCompare(b.address));
}

function resolvedFlow(deviceId: string, flow: DeclaredFlow, found: Resolution, index: number, now: Date): ResolvedFlow {
  return {
    flowId: flowId(deviceId, flow, index),
    service: flow.service,
    peerAddress: found.address,
    peerDeviceId: found.deviceId,
    transport: flow.transport,
    port: flow.port,
    opener: flow.opener,
    required: flow.required,
    source: 'declared',
    resolvedFrom: flow.peer,
    resolvedBy: found.resolvedBy,
    resolvedAt: now.toISOString(),
  };
}

/** The same flow has the same id for ever, whatever address its peer has; `required` may change without a new id. */
export function flowId(deviceId: string, flow: DeclaredFlow, index: number): string {
  const { service, peerKind, peer, transport, port, opener } = flow;
  const text = JSON.stringify([deviceId, service, peerKind, peer, transport, port, opener, index]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function sameResolution(a: ResolvedFlow, b: ResolvedFlow): boolean {
  return a.flowId === b.flowId && a.peerAddress === b.peerAddress && a.resolvedBy === b.resolvedBy;
}

type Said = Pick<Contract, 'flows' | 'unresolved' | 'unresolvedRequired'>;

/** Whether two contracts say the same, so that nothing has to be published. */
export function sameContract(a: Said, b: Said): boolean {
  const said = ({ flows, unresolved, unresolvedRequired }: Said) => ({ flows, unresolved, unresolvedRequired });
  return sameJson(said(a), said(b));
}
