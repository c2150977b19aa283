import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Actor } from '#tokens';
import type { AuthenticatedRequest } from './people.guard.js';

/** Who asks, as the guard has found. */
export const TheActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!actor) throw new Error('an operation that needs no role asked who acts');
  return actor;
});
