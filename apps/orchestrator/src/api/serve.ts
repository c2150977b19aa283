import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from '#observability';
import { ProblemFilter } from './problem.filter.js';

/** A site's inventory of 20,000 interfaces is about 4 MB. */
const FILE_LIMIT = '8mb';
const FILES = ['text/csv', 'text/yaml', 'application/yaml'];

/** How requests are read and problems answered, for the service and for its tests alike. */
export function serveApi(app: NestExpressApplication, logger: Logger): void {
  app.useBodyParser('json', { limit: '256kb' });
  app.useBodyParser('text', { limit: FILE_LIMIT, type: FILES });
  app.useGlobalFilters(new ProblemFilter(logger));
  app.disable('x-powered-by');
}
