import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { createToken, listTokens, revokeToken, type Actor } from '#tokens';
import { TheActor } from '../people/actor.decorator.js';
import { Needs } from '../people/people.guard.js';
import { TokenAudit } from '../people/token-audit.store.js';
import { ProblemError } from './problems.js';
import { tokenRequest } from './requests.js';
import { Validated, invalid } from './validated.pipe.js';

/** Nobody remembers who holds a token that never ends. */
const LONGEST_MS = 366 * 24 * 3600 * 1000;

@Controller('/v1/tokens')
@Needs('admin')
export class TokensController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: TokenAudit,
  ) {}

  @Get()
  async list() {
    return { items: await listTokens(this.dataSource.manager) };
  }

  @Post()
  async create(@Body(new Validated(tokenRequest)) request: z.output<typeof tokenRequest>, @TheActor() actor: Actor) {
    const { name, role, expires } = request;
    const now = new Date();
    const expiresAt = new Date(expires);
    if (expiresAt <= now || expiresAt.getTime() > now.getTime() + LONGEST_MS) {
      throw invalid([{ pointer: '/expires', code: 'out-of-range', detail: 'a moment within the next 366 days' }]);
    }
    return this.dataSource.transaction(async (manager) => {
      const made = await createToken(manager, { name, role, expiresAt }, now);
      if (!made.ok) throw new ProblemError(made.reason);
      await this.audit.record(manager, { actor, action: 'token-created', id: made.id, facts: { name, role }, now });
      return { id: made.id, name, role, expiresAt: expiresAt.toISOString(), token: made.text };
    });
  }

  @Delete('/:id')
  @HttpCode(204)
  async revoke(@Param('id') id: string, @TheActor() actor: Actor): Promise<void> {
    const now = new Date();
    await this.dataSource.transaction(async (manager) => {
      if (!(await revokeToken(manager, id, now)))
        throw new ProblemError('not-found', 'There is no token with this id.');
      await this.audit.record(manager, { actor, action: 'token-revoked', id, facts: {}, now });
    });
  }
}
