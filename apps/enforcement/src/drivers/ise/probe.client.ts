import { DriverError, type ProbeFinding } from '#driver';
import type { IsePoint } from './config.js';
import type { ErsClient } from './ers.client.js';
import type { MntClient } from './mnt.client.js';
import type { PxgridState } from './pxgrid.client.js';
import { isOurs } from './policies.js';
import { macOf } from '../mac.js';

/** Assignments that are looked at one by one; ISE itself has no limit. */
const LOOKED_AT = 500;
const NAMED = 20;

interface Asked {
  point: IsePoint;
  ers: ErsClient;
  mnt: MntClient;
  pxgrid: PxgridState | null;
}

/** Everything that an isolation by ISE needs, and that can be asked for without changing anything. */
export async function probeIse(asked: Asked): Promise<ProbeFinding[]> {
  const { point, ers, mnt, pxgrid } = asked;
  const nodes = await ersNodes(point, ers);
  const rest = await Promise.all([
    ...point.policies.map(({ name, mode }) => policyThere(ers, name, mode)),
    monitoring(mnt),
    assigned(point, ers),
  ]);
  return [...nodes, ...rest, pxgridFinding(point, pxgrid), ...vlanFindings(point), addressFinding(point)];
}

async function ersNodes(point: IsePoint, ers: ErsClient): Promise<ProbeFinding[]> {
  const reached = await ers.reachEach();
  return reached.map((one, index) => {
    const { url } = point.ers.nodes[index]!;
    const check = `ERS account accepted by ${url}`;
    if (one.status === 'fulfilled') return { check, ok: true, detail: 'ERS answers' };
    return { check, ok: false, detail: wordsOf(one.reason) };
  });
}

/** An ANC policy may also shut a port or bounce it, which is no isolation that keeps images flowing. */
function policyThere(ers: ErsClient, name: string, mode: string): Promise<ProbeFinding> {
  return finding(`ANC policy ${name} is there`, async () => {
    const actions = await ers.policyActions(name);
    if (actions === null) {
      return [false, `ISE has no ANC policy ${name}: make it with the action QUARANTINE, and its authorization rule`];
    }
    if (actions.length !== 1 || actions[0] !== 'QUARANTINE') {
      return [
        false,
        `its actions are ${actions.join(', ') || 'none'}: for ${mode} it needs QUARANTINE, and that alone`,
      ];
    }
    return [true, 'its action is QUARANTINE; which rule it has, ISE does not tell'];
  });
}

function monitoring(mnt: MntClient): Promise<ProbeFinding> {
  return finding('MnT account accepted', async () => [true, `MnT answers as ISE ${await mnt.version()}`]);
}

/** ISE takes nothing away by itself: what nobody remembers stays isolated until somebody looks. */
function assigned(point: IsePoint, ers: ErsClient): Promise<ProbeFinding> {
  return finding('assignments of our policies', async () => {
    const { assignments, more } = await ers.allAssignments(LOOKED_AT);
    const ours = assignments.filter(({ policyName }) => isOurs(policyName, point.policies));
    const named = ours
      .slice(0, NAMED)
      .map(({ macAddress, policyName }) => `${macOf(macAddress) ?? macAddress} ${policyName}`);
    const rest = ours.length > NAMED ? ` and ${ours.length - NAMED} more` : '';
    const limit = more ? ` Only the first ${LOOKED_AT} assignments of ISE were looked at.` : '';
    if (ours.length === 0) return [true, `ISE holds none.${limit}`];
    return [
      true,
      `ISE holds ${ours.length}: ${named.join(', ')}${rest}. One without an open quarantine has been left behind: clear it.${limit}`,
    ];
  });
}

function pxgridFinding({ pxgrid }: IsePoint, state: PxgridState | null): ProbeFinding {
  const check = 'pxGrid connected';
  if (pxgrid === null) return { check, ok: null, detail: 'not configured: ISE is polled' };
  switch (state) {
    case 'connected':
      return { check, ok: true, detail: 'assignments and sessions are told as they change' };
    case 'pending':
      return {
        check,
        ok: false,
        detail: `approve the client ${pxgrid.nodeName} in ISE; it is asked for once a minute`,
      };
    case 'connecting':
    case 'lost':
      return { check, ok: false, detail: 'pxGrid is not connected: ISE is polled meanwhile' };
    case null:
      return { check, ok: null, detail: 'nothing follows this point at the moment' };
  }
}

function vlanFindings({ policies, switches }: IsePoint): ProbeFinding[] {
  const vlans = [...new Set(policies.flatMap(({ quarantineVlan }) => quarantineVlan ?? []))];
  return vlans.map((vlan) => ({
    check: `VLAN ${vlan} exists on each switch`,
    ok: null,
    detail: `ISE does not know: a switch without it drops the session. Check ${switches.join(', ') || 'the switches'}`,
  }));
}

function addressFinding({ switches, switchAddresses }: IsePoint): ProbeFinding {
  const check = 'every switch has an address';
  const named = new Set(Object.values(switchAddresses));
  const missing = switches.filter((one) => !named.has(one));
  if (missing.length === 0) return { check, ok: true, detail: 'sessions can be told apart by their switch' };
  return {
    check,
    ok: false,
    detail: `switchAddresses names none for ${missing.join(', ')}: their sessions have no switch`,
  };
}

async function finding(check: string, ask: () => Promise<[boolean, string]>): Promise<ProbeFinding> {
  try {
    const [ok, detail] = await ask();
    return { check, ok, detail };
  } catch (error) {
    return { check, ok: false, detail: wordsOf(error) };
  }
}

function wordsOf(error: unknown): string {
  return error instanceof DriverError ? error.message : 'failed';
}
