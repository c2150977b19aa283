import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '#tokens';
import { appendAudit, lockWriter } from '../audit/audit.store.js';

export interface TokenDeed {
  actor: Actor;
  action: 'token-created' | 'token-revoked';
  id: string;
  facts: Record<string, string>;
  now: Date;
}

/** Who gave whom a token, in the audit, in the same transaction. */
@Injectable()
export class TokenAudit {
  async record(manager: EntityManager, { actor, action, id, facts, now }: TokenDeed): Promise<void> {
    await lockWriter(manager);
    await appendAudit(manager, { actor, action, subject: `token/${id}`, facts, at: now });
  }
}
