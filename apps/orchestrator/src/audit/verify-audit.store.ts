import type { EntityManager } from 'typeorm';
import { verifyAudit as verify, type ChainCheck } from '#audit';

/** The check of `lazaret audit verify`, by the service itself. */
export function verifyAudit(manager: EntityManager): Promise<ChainCheck> {
  return verify((statement, parameters) => manager.query(statement, parameters));
}
