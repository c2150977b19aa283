import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Sends Nest's own messages through the service's logger, so that standard output holds one format only. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug({ context, detail: String(message) }, 'nest');
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn({ context, detail: String(message) }, 'nest');
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error({ context, detail: String(message), stack }, 'nest');
  }
}
