import type { DataSource, EntityManager } from 'typeorm';
import { makeEvent, newId } from '#events';
import { publishInTransaction } from '#messaging';
import { inTransaction } from '#storage';
import { appendAudit, lockWriter } from '../audit/audit.store.js';
import {
  DrillCommands,
  type Actor,
  type AskedDrill,
  type DrillProblem,
  type DrillWish,
  type Result,
} from '../commands.js';
import { readPoint } from '../intake/point.store.js';
import { readKillSwitch } from '../wanted/stop.store.js';
import { refusalOf } from './allowed.js';
import { insertDrill, openDrill } from './drill.store.js';

/** Enforcement begins a drill within this time or not at all. In ms. */
const EXPIRES_MS = 60_000;

/** A drill is asked for in one transaction: its row, the audit's entry and the event. */
export class StoredDrillCommands extends DrillCommands {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override ask(pointId: string, wish: DrillWish, actor: Actor): Promise<Result<AskedDrill, DrillProblem>> {
    return inTransaction(this.dataSource, async (manager): Promise<Result<AskedDrill, DrillProblem>> => {
      await lockWriter(manager);
      const now = new Date();
      const point = await readPoint(manager, pointId, now);
      const { on } = await readKillSwitch(manager);
      const refusal = refusalOf({ point, wish, killSwitch: on, running: await openDrill(manager, pointId, now) });
      if (refusal) return { ok: false, refusal };
      return { ok: true, value: await publish(manager, pointId, wish, actor, now) };
    });
  }
}

async function publish(
  manager: EntityManager,
  pointId: string,
  { reason, port, mac, mode }: DrillWish,
  actor: Actor,
  requestedAt: Date,
): Promise<AskedDrill> {
  const drillId = newId();
  const expiresAt = new Date(requestedAt.getTime() + EXPIRES_MS);
  const asked = { drillId, pointId, requestedBy: actor.name, port, mac, mode };
  await insertDrill(manager, { ...asked, reason, requestedAt, expiresAt });
  const facts = { drillId, reason, port, mac, mode };
  const subject = `point/${pointId}`;
  await appendAudit(manager, { actor, action: 'drill.asked', subject, facts, at: requestedAt });
  const times = { requestedAt: requestedAt.toISOString(), expiresAt: expiresAt.toISOString() };
  const place = { source: '/orchestrator', subject: pointId, partitionKey: `point/${pointId}/drill` } as const;
  const event = { type: 'lazaret.wanted.drill', ...place, time: requestedAt, data: { ...asked, ...times } } as const;
  await publishInTransaction(manager, makeEvent(event));
  return { drillId, pointId, expiresAt: times.expiresAt };
}
