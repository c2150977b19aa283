import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { z } from 'zod';
import type { Actor } from '#tokens';
import { DrillCommands } from '../commands.js';
import { TheActor } from '../people/actor.decorator.js';
import { Needs } from '../people/people.guard.js';
import { PointQueries } from '../queries.js';
import { paged, withCursor } from './paged.js';
import { found, valueOf } from './refusal.js';
import { drillRequest, pageQuery, readinessQuery } from './requests.js';
import { Validated } from './validated.pipe.js';

/** Enforcement points, their drills, and whether devices could be isolated by them. */
@Controller('/v1')
export class PointsController {
  constructor(
    private readonly queries: PointQueries,
    private readonly drills: DrillCommands,
  ) {}

  @Get('/points')
  @Needs('viewer')
  async list(@Query(new Validated(pageQuery)) query: z.output<typeof pageQuery>) {
    return withCursor(await this.queries.points(paged(query, 'points').page), 'points');
  }

  @Get('/points/:id')
  @Needs('viewer')
  async one(@Param('id') id: string) {
    return found(await this.queries.point(id), 'point');
  }

  @Post('/points/:id/drills')
  @Needs('admin')
  async ask(
    @Param('id') id: string,
    @Body(new Validated(drillRequest)) wish: z.output<typeof drillRequest>,
    @TheActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ) {
    const asked = valueOf(await this.drills.ask(id, wish, actor));
    response.setHeader('Location', `/v1/drills/${asked.drillId}`);
    return asked;
  }

  @Get('/drills/:id')
  @Needs('viewer')
  async drill(@Param('id') id: string) {
    return found(await this.queries.drill(id), 'drill');
  }

  @Get('/readiness')
  @Needs('viewer')
  async readiness(@Query(new Validated(readinessQuery)) query: z.output<typeof readinessQuery>) {
    const { filter, page } = paged(query, 'readiness');
    const { points, ...devices } = await this.queries.readiness(filter, page);
    return { points, ...withCursor(devices, 'readiness') };
  }
}
