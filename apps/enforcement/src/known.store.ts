import type { DataSource } from 'typeorm';
import { LEASE_SECONDS } from './apply/attempts.store.js';
import { PUT_BACK_WINDOW_MS } from './check/hands.js';
import type { Known } from './known.js';
import { approvedFrom } from './plan/approval.js';
import { observerFrom, type ObserverRow } from './prove/proofs.store.js';
import type { ProofFacts } from './prove/proof.js';
import type { Location, Neighbour } from './read/location.js';
import { newDeviceState } from './seen/state.js';
import { stateFrom, type InterfaceRow, type StateRow } from './seen/state.store.js';
import type { Isolation, Preview } from './wanted/wanted.js';

interface KnownRow {
  leased: number;
  wanted: { body: string; unfrozen_at: string | null } | null;
  preview: { body: string } | null;
  location: { body: string } | null;
  neighbours: (Omit<Neighbour, 'pointId'> & { point_id: string | null })[] | null;
  numbers: { mac: string; number: number }[] | null;
  approved: { body: string } | null;
  state: StateRow | null;
  interfaces: InterfaceRow[] | null;
  proofs: { mac: string; facts: string }[] | null;
  observers: ObserverRow[] | null;
  put_back: string[] | null;
}

/**
 * Takes or renews the device's lease, closes attempts that nobody waits for any more (whoever held the lease before is
 * gone), and loads all that is known, in one round trip. The lease's clock is the database's.
 */
const LOAD_SQL = `
WITH lease AS (
  INSERT INTO leases (device_id, holder, expires_at) VALUES ($1, $2, now() + make_interval(secs => ${LEASE_SECONDS}))
  ON CONFLICT (device_id) DO UPDATE SET holder = EXCLUDED.holder, expires_at = EXCLUDED.expires_at
  WHERE leases.holder = EXCLUDED.holder OR leases.expires_at < now() RETURNING 1
), abandoned AS (
  UPDATE attempts SET state = 'unknown', ended_at = now()
  WHERE device_id = $1 AND state IN ('intent', 'sent') AND EXISTS (SELECT 1 FROM lease)
), wish AS (
  SELECT body, unfrozen_at, body::jsonb AS data FROM wanted WHERE device_id = $1 AND kind = 'isolation'
), ask AS (
  SELECT body, body::jsonb AS data FROM wanted WHERE device_id = $1 AND kind = 'preview' AND NOT answered
), peers AS (
  SELECT (permit ->> 'peerAddress')::inet AS address
  FROM (SELECT data FROM wish UNION ALL SELECT data FROM ask) AS any_wish, jsonb_array_elements(data -> 'permits') AS permit
)
SELECT
  (SELECT count(*) FROM lease)::int AS leased,
  (SELECT json_build_object('body', body, 'unfrozen_at', unfrozen_at) FROM wish) AS wanted,
  (SELECT json_build_object('body', body) FROM ask) AS preview,
  (SELECT json_build_object('body', body) FROM locations WHERE device_id = $1) AS location,
  (SELECT json_agg(json_build_object('address', host(address), 'mac', mac, 'point_id', point_id, 'port', port, 'vlan', vlan))
   FROM location_interfaces WHERE address IN (SELECT address FROM peers)
     OR (point_id, port) IN (SELECT point_id, port FROM location_interfaces WHERE device_id = $1)) AS neighbours,
  (SELECT json_agg(json_build_object('mac', mac, 'number', number)) FROM device_numbers WHERE device_id = $1) AS numbers,
  (SELECT json_build_object('body', body) FROM plans WHERE digest = (SELECT data ->> 'planDigest' FROM wish)) AS approved,
  (SELECT row_to_json(isolations) FROM isolations WHERE device_id = $1) AS state,
  (SELECT json_agg(interface_states) FROM interface_states WHERE device_id = $1) AS interfaces,
  (SELECT json_agg(json_build_object('mac', mac, 'facts', facts)) FROM proofs WHERE device_id = $1) AS proofs,
  (SELECT json_agg(observers) FROM observers WHERE observed_until IS NOT NULL) AS observers,
  (SELECT json_agg(at) FROM drifts WHERE device_id = $1 AND at > $3) AS put_back`;

/** All that is known of a device; null: another replica holds its lease. */
export async function loadKnown(
  dataSource: DataSource,
  deviceId: string,
  holder: string,
  now: Date,
): Promise<Known | null> {
  const since = new Date(now.getTime() - PUT_BACK_WINDOW_MS);
  const [row]: KnownRow[] = await dataSource.query(LOAD_SQL, [deviceId, holder, since]);
  if (!row || row.leased === 0) return null;
  const state = row.state ? stateFrom(deviceId, row.state, row.interfaces ?? []) : newDeviceState(deviceId);
  return {
    deviceId,
    wanted: row.wanted ? (JSON.parse(row.wanted.body) as Isolation) : null,
    unfrozenAt: row.wanted?.unfrozen_at ? new Date(row.wanted.unfrozen_at) : null,
    preview: row.preview ? (JSON.parse(row.preview.body) as Preview) : null,
    location: row.location ? (JSON.parse(row.location.body) as Location) : null,
    neighbours: neighboursFrom(row.neighbours ?? []),
    numbers: new Map((row.numbers ?? []).map((one) => [one.mac, one.number])),
    approved: row.approved ? approvedFrom(row.approved.body) : null,
    state,
    proofs: new Map((row.proofs ?? []).map((one) => [one.mac, JSON.parse(one.facts) as ProofFacts])),
    observers: (row.observers ?? []).map(observerFrom),
    putBack: (row.put_back ?? []).map((at) => new Date(at)),
  };
}

/** Those that are plugged in somewhere. */
function neighboursFrom(rows: NonNullable<KnownRow['neighbours']>): Neighbour[] {
  return rows.flatMap(({ point_id: pointId, ...one }) => (pointId === null ? [] : [{ ...one, pointId }]));
}
