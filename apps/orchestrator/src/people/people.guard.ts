import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { mayAct, type Actor, type Role } from '#tokens';
import { ProblemError } from '../api/problems.js';
import { People } from './people.store.js';

const NEEDS = 'lazaret:needs-role';

/** The role that an operation needs. `none`: anybody may. An operation that names no role is refused to all. */
export const Needs = (role: Role | 'none') => SetMetadata(NEEDS, role);

export type AuthenticatedRequest = Request & { actor?: Actor };

/** Lets nobody in without a token, unless the operation says `none`. Deny by default. */
@Injectable()
export class PeopleGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly people: People,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const needs = this.reflector.getAllAndOverride<Role | 'none' | undefined>(NEEDS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (needs === 'none') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const actor = await this.people.actorOf(request.headers.authorization, new Date());
    if (!needs || !mayAct(actor.role, needs)) {
      throw new ProblemError(
        'forbidden',
        `This needs the role ${needs ?? 'of nobody'}; ${actor.name} is ${actor.role}.`,
      );
    }
    request.actor = actor;
    return true;
  }
}
