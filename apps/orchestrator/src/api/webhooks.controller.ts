import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import type { Actor } from '#tokens';
import { WebhookDesk } from '../notify/webhooks/webhook-desk.store.js';
import { TheActor } from '../people/actor.decorator.js';
import { Needs } from '../people/people.guard.js';
import { found } from './refusal.js';

@Controller('/v1/webhooks')
export class WebhooksController {
  constructor(private readonly desk: WebhookDesk) {}

  @Get()
  @Needs('viewer')
  async list() {
    return { items: await this.desk.list() };
  }

  @Post('/:name/retries')
  @Needs('admin')
  @HttpCode(200)
  async retry(@Param('name') name: string, @TheActor() actor: Actor) {
    const retried = await this.desk.retry(name, actor, new Date());
    return { retried: found(retried, 'webhook') };
  }
}
