import type { EntityManager } from 'typeorm';
import { makeEvent, type DeviceChanged, type ResolvedFlow } from '#events';
import { publishInTransaction } from '#messaging';
import { isAddress } from './address.js';
import { namesOf, resolveContract, sameContract, type Contract } from './resolve.js';

type Device = DeviceChanged['data'];

/** Contracts of several devices change together: one transaction at a time, always taken before the writer lock. */
export async function lockContracts(manager: EntityManager): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('lazaret.orchestrator.contracts', 0))`);
}

/** The devices whose contracts a change of this one may touch: itself, and those whose flows name or reach it. */
export async function dependents(manager: EntityManager, before: Device | null, after: Device): Promise<string[]> {
  const names = [...new Set([...namesOf(after), ...(before ? namesOf(before) : [])])];
  const rows: { device_id: string }[] = await manager.query(
    `SELECT DISTINCT device_id FROM contract_flows
     WHERE device_id <> $1 AND (peer = ANY($2::text[]) OR lower(peer) = ANY($3::text[]) OR peer_device_id = $1) ORDER BY device_id`,
    [after.deviceId, names, names.map((name) => name.toLowerCase())],
  );
  return [after.deviceId, ...rows.map(({ device_id }) => device_id)];
}

/** Resolves a device's contract again; keeps and publishes it if it has changed. Under `lockContracts`. */
export async function resolveAgain(manager: EntityManager, deviceId: string, now: Date): Promise<boolean> {
  const [row]: { body: string }[] = await manager.query('SELECT body FROM devices WHERE device_id = $1', [deviceId]);
  if (!row) return false;
  const device = JSON.parse(row.body) as Device;
  const before = await readContract(manager, deviceId);
  if (!before && device.flows.length === 0) return false;
  const known = await bearersOf(manager, device.flows);
  const contract = resolveContract(device, device.flows, known, before?.flows ?? [], now);
  if (before && sameContract(before, contract)) return false;
  await keepContract(manager, deviceId, contract);
  const revision = (before?.revision ?? 0) + 1;
  const { flows, unresolved } = contract;
  await publishInTransaction(
    manager,
    makeEvent({
      type: 'lazaret.contract.resolved',
      source: '/orchestrator',
      subject: deviceId,
      time: now,
      data: { deviceId, revision, unresolved, flows },
    }),
  );
  return true;
}

async function readContract(
  manager: EntityManager,
  deviceId: string,
): Promise<(Omit<Contract, 'unresolvedPeers'> & { revision: number }) | null> {
  const [row]: {
    revision: string;
    unresolved: string[];
    unresolved_required: string[];
    flows: string[] | null;
  }[] = await manager.query(
    `SELECT c.revision, c.unresolved, c.unresolved_required, (SELECT array_agg(f.body ORDER BY f.position) FROM contract_flows f
       WHERE f.device_id = c.device_id AND f.body IS NOT NULL) AS flows FROM contracts c WHERE c.device_id = $1`,
    [deviceId],
  );
  if (!row) return null;
  const flows = (row.flows ?? []).map((text) => JSON.parse(text) as ResolvedFlow);
  return {
    revision: Number(row.revision),
    unresolved: row.unresolved,
    unresolvedRequired: row.unresolved_required,
    flows,
  };
}

/** The devices that bear a name, or have an address, that the flows ask for. */
async function bearersOf(manager: EntityManager, flows: Device['flows']): Promise<Device[]> {
  const names = [...new Set(flows.map(({ peer }) => peer))];
  const lower = names.map((name) => name.toLowerCase());
  const addresses = names.filter(isAddress);
  const rows: { body: string }[] = await manager.query(
    `SELECT body FROM devices WHERE asset = ANY($1::text[]) OR lower(name) = ANY($2::text[]) OR ae_titles && $1::text[]
       OR addresses && $3::inet[] ORDER BY device_id`,
    [names, lower, addresses],
  );
  return rows.map(({ body }) => JSON.parse(body) as Device);
}

async function keepContract(manager: EntityManager, deviceId: string, contract: Contract): Promise<void> {
  await manager.query(
    `INSERT INTO contracts (device_id, revision, unresolved, unresolved_required) VALUES ($1, 1, $2, $3)
     ON CONFLICT (device_id) DO UPDATE SET revision = contracts.revision + 1, unresolved = EXCLUDED.unresolved,
       unresolved_required = EXCLUDED.unresolved_required`,
    [deviceId, contract.unresolved, contract.unresolvedRequired],
  );
  const rows = [
    ...contract.flows.map((flow) => ({ peer: flow.resolvedFrom, by: flow.peerDeviceId, body: JSON.stringify(flow) })),
    ...contract.unresolvedPeers.map((peer) => ({ peer, by: null, body: null })),
  ];
  await manager.query('DELETE FROM contract_flows WHERE device_id = $1', [deviceId]);
  await manager.query(
    `INSERT INTO contract_flows (device_id, position, peer, peer_device_id, body)
     SELECT $1, row_number() OVER (), peer, peer_device_id, body
     FROM unnest($2::text[], $3::text[], $4::text[]) AS flow (peer, peer_device_id, body)`,
    [deviceId, rows.map(({ peer }) => peer), rows.map(({ by }) => by), rows.map(({ body }) => body)],
  );
}
