import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor } from '#tokens';
import { StopCommands } from '../commands.js';
import { TheActor } from '../people/actor.decorator.js';
import { Needs } from '../people/people.guard.js';
import { DeviceQueries } from '../queries.js';
import { paged, withCursor } from './paged.js';
import { found, valueOf } from './refusal.js';
import { deviceQuery, reasonRequest } from './requests.js';
import { Validated } from './validated.pipe.js';

@Controller('/v1')
export class DevicesController {
  constructor(
    private readonly queries: DeviceQueries,
    private readonly stops: StopCommands,
  ) {}

  @Get('/devices')
  @Needs('viewer')
  async list(@Query(new Validated(deviceQuery)) query: z.output<typeof deviceQuery>) {
    const { filter, page } = paged(query, 'devices');
    return withCursor(await this.queries.devices(filter, page), 'devices');
  }

  @Get('/devices/:id')
  @Needs('viewer')
  async one(@Param('id') id: string) {
    return found(await this.queries.device(id), 'device');
  }

  @Get('/sensors')
  @Needs('viewer')
  async sensors() {
    return { items: await this.queries.sensors() };
  }

  @Put('/devices/:id/hold')
  @Needs('operator')
  @HttpCode(204)
  async hold(
    @Param('id') id: string,
    @Body(new Validated(reasonRequest)) { reason }: z.output<typeof reasonRequest>,
    @TheActor() actor: Actor,
  ): Promise<void> {
    valueOf(await this.stops.hold(id, reason, actor));
  }

  @Delete('/devices/:id/hold')
  @Needs('operator')
  @HttpCode(204)
  async unhold(
    @Param('id') id: string,
    @Body(new Validated(reasonRequest)) { reason }: z.output<typeof reasonRequest>,
    @TheActor() actor: Actor,
  ): Promise<void> {
    valueOf(await this.stops.unhold(id, reason, actor));
  }
}
