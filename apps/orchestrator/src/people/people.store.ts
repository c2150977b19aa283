import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { checkToken, type Actor } from '#tokens';
import { ProblemError } from '../api/problems.js';

/** Who presents a request, by the bearer token in its `Authorization` header (RFC 6750, section 2.1). */
@Injectable()
export class People {
  constructor(private readonly dataSource: DataSource) {}

  /** Throws the problem `unauthenticated` or `token-expired`. */
  async actorOf(authorization: string | undefined, now: Date): Promise<Actor> {
    const [scheme, token] = (authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || !token) throw new ProblemError('unauthenticated');
    const check = await checkToken(this.dataSource.manager, token, now);
    if (!check.ok) throw new ProblemError(check.reason);
    return check.actor;
  }
}
