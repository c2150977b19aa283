import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Needs } from './people/people.guard.js';
import { Readiness } from './readiness.js';

/** For supervisors. Live: the event loop answers. Ready: the log was read to its end, and the database answers. */
@Controller('/health')
@Needs('none')
export class HealthController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly readiness: Readiness,
  ) {}

  @Get('/live')
  live() {
    return { status: 'live' };
  }

  @Get('/ready')
  async ready() {
    if (!this.readiness.isReady) throw new ServiceUnavailableException('still reading the log');
    try {
      await this.dataSource.query('SELECT 1');
    } catch {
      throw new ServiceUnavailableException('the database does not answer');
    }
    return { status: 'ready' };
  }
}
