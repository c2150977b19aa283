import { Controller, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import type { z } from 'zod';
import type { Actor } from '#tokens';
import { InventoryImport } from '../commands.js';
import { TheActor } from '../people/actor.decorator.js';
import { Needs } from '../people/people.guard.js';
import { ProblemError } from './problems.js';
import { inventoryQuery } from './requests.js';
import { Validated, invalid } from './validated.pipe.js';

@Controller('/v1/inventory')
export class InventoryController {
  constructor(private readonly inventory: InventoryImport) {}

  @Post()
  @Needs('admin')
  @HttpCode(200)
  async run(
    @Req() request: Request,
    @Query(new Validated(inventoryQuery)) { dryRun }: z.output<typeof inventoryQuery>,
    @TheActor() actor: Actor,
  ) {
    const csv: unknown = request.body;
    if (typeof csv !== 'string' || !request.is('text/csv')) {
      throw invalid([{ pointer: '', code: 'not-csv', detail: 'send the file with Content-Type: text/csv' }]);
    }
    if (csv.includes('\0')) throw invalid([{ pointer: '', code: 'not-text', detail: 'send the file as UTF-8' }]);
    const result = await this.inventory.run(csv, { dryRun: dryRun !== undefined && dryRun !== 'false' }, actor);
    if (result.ok) return result.value;
    const errors = result.problems.map(({ row, column, code, message }) => ({ row, column, code, detail: message }));
    throw new ProblemError('invalid-inventory', undefined, { errors });
  }
}
