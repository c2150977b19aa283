import { Body, Controller, Get, Header, Param, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { z } from 'zod';
import type { Actor } from '#tokens';
import { QuarantineCommands } from '../commands.js';
import { TheActor } from '../people/actor.decorator.js';
import { Needs } from '../people/people.guard.js';
import { QuarantineQueries } from '../queries.js';
import { paged, withCursor } from './paged.js';
import { found, valueOf } from './refusal.js';
import { approvalRequest, openRequest, quarantineQuery, reasonRequest } from './requests.js';
import { Validated } from './validated.pipe.js';

type Reason = z.output<typeof reasonRequest>;

@Controller('/v1/quarantines')
export class QuarantinesController {
  constructor(
    private readonly commands: QuarantineCommands,
    private readonly queries: QuarantineQueries,
  ) {}

  @Get()
  @Needs('viewer')
  async list(@Query(new Validated(quarantineQuery)) query: z.output<typeof quarantineQuery>) {
    const { filter, page } = paged(query, 'quarantines');
    return withCursor(await this.queries.quarantines(filter, page), 'quarantines');
  }

  @Post()
  @Needs('operator')
  async open(
    @Body(new Validated(openRequest)) { deviceId, reason }: z.output<typeof openRequest>,
    @TheActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ) {
    const opened = valueOf(await this.commands.open(deviceId, reason, actor));
    response.location(`/v1/quarantines/${opened.quarantineId}`);
    return opened;
  }

  @Get('/:id')
  @Needs('viewer')
  async one(@Param('id') id: string, @Res({ passthrough: true }) response: Response) {
    const quarantine = found(await this.queries.quarantine(id), 'quarantine');
    response.setHeader('ETag', `"${quarantine.version}"`);
    return quarantine;
  }

  @Get('/:id/timeline')
  @Needs('viewer')
  async timeline(@Param('id') id: string) {
    return { items: found(await this.queries.timeline(id), 'quarantine') };
  }

  @Get('/:id/undo')
  @Needs('operator')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  async undo(@Param('id') id: string): Promise<string> {
    return found(await this.queries.undo(id), 'quarantine');
  }

  @Post('/:id/approvals')
  @Needs('approver')
  async approve(
    @Param('id') id: string,
    @Body(new Validated(approvalRequest)) request: z.output<typeof approvalRequest>,
    @TheActor() actor: Actor,
  ) {
    return valueOf(await this.commands.approve(id, request, actor));
  }

  @Post('/:id/rejections')
  @Needs('approver')
  async reject(@Param('id') id: string, @Body(new Validated(reasonRequest)) body: Reason, @TheActor() actor: Actor) {
    return valueOf(await this.commands.reject(id, body.reason, actor));
  }

  @Post('/:id/releases')
  @Needs('approver')
  async release(@Param('id') id: string, @Body(new Validated(reasonRequest)) body: Reason, @TheActor() actor: Actor) {
    return valueOf(await this.commands.release(id, body.reason, actor));
  }
}
