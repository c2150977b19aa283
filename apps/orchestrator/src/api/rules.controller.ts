import { Body, Controller, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor } from '#tokens';
import { StopCommands } from '../commands.js';
import { TheActor } from '../people/actor.decorator.js';
import { Needs } from '../people/people.guard.js';
import { parsePolicy } from '../policy/parse-policy.js';
import { policyVersion } from '../policy/policy.js';
import { RuleQueries } from '../queries.js';
import { ProblemError } from './problems.js';
import { auditQuery, killSwitchRequest } from './requests.js';
import { Validated, invalid, pointerOf } from './validated.pipe.js';

/** The rules in force, what stops every write, and the record of who did what. */
@Controller('/v1')
export class RulesController {
  constructor(
    private readonly queries: RuleQueries,
    private readonly stops: StopCommands,
  ) {}

  @Get('/policy')
  @Needs('viewer')
  policy() {
    return this.queries.policy();
  }

  @Post('/policy/checks')
  @Needs('viewer')
  @HttpCode(200)
  check(@Body() text: unknown) {
    if (typeof text !== 'string') {
      throw invalid([{ pointer: '', code: 'not-yaml', detail: 'send the file with Content-Type: text/yaml' }]);
    }
    const parsed = parsePolicy(text);
    if (parsed.ok) return { version: policyVersion(parsed.policy) };
    const errors = parsed.problems.map(({ path, message }) =>
      path.startsWith('offset ')
        ? { pointer: '', code: 'not-yaml', detail: `${path}: ${message}` }
        : { pointer: placeOf(path), code: 'invalid', detail: message },
    );
    throw new ProblemError('invalid-policy', undefined, { errors });
  }

  @Get('/limits')
  @Needs('viewer')
  async limits() {
    return { items: await this.queries.limits() };
  }

  @Get('/kill-switch')
  @Needs('viewer')
  killSwitch() {
    return this.queries.killSwitch();
  }

  @Put('/kill-switch')
  @Needs('admin')
  setKillSwitch(
    @Body(new Validated(killSwitchRequest)) { on, reason }: z.output<typeof killSwitchRequest>,
    @TheActor() actor: Actor,
  ) {
    return this.stops.setKillSwitch(on, reason, actor);
  }

  @Get('/audit')
  @Needs('admin')
  async audit(@Query(new Validated(auditQuery)) { after, limit }: z.output<typeof auditQuery>) {
    const items = await this.queries.audit(after, limit);
    return { items, next: items.length === limit ? String(items.at(-1)?.seq) : null };
  }
}

/** The configuration's place, such as `rules.0.when`, as a pointer into the file. */
function placeOf(path: string): string {
  return path === '(top level)' ? '' : pointerOf(path.split('.'));
}
