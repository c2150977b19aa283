import type { DataSource, EntityManager } from 'typeorm';
import { makeEvent, newId, type InventoryDeclared } from '#events';
import { publishInTransaction } from '#messaging';
import { inTransaction } from '#storage';
import { appendAudit, lockWriter } from '../audit/audit.store.js';
import { canonicalText } from '../canonical-json.js';
import { InventoryImport, type Actor, type InventoryResult } from '../commands.js';
import { readInventory, type DeclaredAsset } from './inventory-csv.js';

interface Kept {
  asset: DeclaredAsset;
  text: string;
}
interface Import {
  importId: string;
  actor: Actor;
  now: Date;
}

/** Compares a file with what was declared before and publishes each asset that is new, changed or gone. */
export class CsvInventoryImport extends InventoryImport {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async run(csv: string, { dryRun }: { dryRun: boolean }, actor: Actor) {
    const { assets, problems } = readInventory(csv);
    if (problems.length > 0) return { ok: false as const, problems };
    const found = assets.map((asset) => ({ asset, text: canonicalText(asset) }));
    const sites = [...new Set(assets.map(({ site }) => site))];
    const value = await inTransaction(this.dataSource, async (manager) => {
      await lockWriter(manager);
      const before = await readKept(manager, sites);
      const changes = compare(before, found);
      if (!dryRun) await keep(manager, changes, { importId: newId(), actor, now: new Date() });
      return counts(changes);
    });
    return { ok: true as const, value };
  }
}

interface Changes {
  added: Kept[];
  changed: Kept[];
  same: Kept[];
  removed: Kept[];
}

function compare(before: Map<string, Kept>, found: Kept[]): Changes {
  const key = ({ asset }: Kept) => `${asset.site}/${asset.asset}`;
  const names = new Set(found.map(key));
  return {
    added: found.filter((one) => !before.has(key(one))),
    changed: found.filter((one) => before.has(key(one)) && before.get(key(one))?.text !== one.text),
    same: found.filter((one) => before.get(key(one))?.text === one.text),
    removed: [...before.entries()].filter(([name]) => !names.has(name)).map(([, kept]) => kept),
  };
}

function counts({ added, changed, same, removed }: Changes): InventoryResult {
  return { added: added.length, changed: changed.length, same: same.length, removed: removed.length };
}

async function readKept(manager: EntityManager, sites: string[]): Promise<Map<string, Kept>> {
  const rows: { site: string; asset: string; body: string }[] = await manager.query(
    'SELECT site, asset, body FROM inventory WHERE site = ANY($1::text[]) AND NOT removed',
    [sites],
  );
  return new Map(
    rows.map(({ site, asset, body }) => [
      `${site}/${asset}`,
      { asset: JSON.parse(body) as DeclaredAsset, text: canonicalText(JSON.parse(body)) },
    ]),
  );
}

async function keep(manager: EntityManager, changes: Changes, { importId, actor, now }: Import): Promise<void> {
  const made = { importId, actor, now };
  for (const kept of [...changes.added, ...changes.changed]) await declare(manager, kept, false, made);
  for (const kept of changes.removed) await declare(manager, kept, true, made);
  await appendAudit(manager, {
    actor,
    action: 'inventory.imported',
    subject: `import/${importId}`,
    facts: { ...counts(changes) },
    at: now,
  });
}

async function declare(
  manager: EntityManager,
  { asset, text }: Kept,
  removed: boolean,
  { importId, actor, now }: Import,
): Promise<void> {
  await manager.query(
    `INSERT INTO inventory (site, asset, body, removed, import_id, declared_by, declared_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (site, asset) DO UPDATE SET body = EXCLUDED.body, removed = EXCLUDED.removed,
       import_id = EXCLUDED.import_id, declared_by = EXCLUDED.declared_by, declared_at = EXCLUDED.declared_at`,
    [asset.site, asset.asset, text, removed, importId, actor.name, now],
  );
  const data: InventoryDeclared['data'] = { ...asset, declaredBy: actor.name, importId, removed };
  const subject = `${asset.site}/${asset.asset}`;
  await publishInTransaction(
    manager,
    makeEvent({ type: 'lazaret.inventory.declared', source: '/orchestrator', subject, time: now, data }),
  );
}
