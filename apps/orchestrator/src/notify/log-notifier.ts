import type { Logger } from '#observability';
import { Notifier, type Notice } from './notice.js';

/** Tells people by the service's log, for those who forward it to where people look. */
export class LogNotifier extends Notifier {
  constructor(
    private readonly logger: Logger,
    private readonly publicUrl: string,
  ) {
    super();
  }

  tell(notice: Notice): void {
    this.logger.warn({ ...notice, link: new URL(notice.link, this.publicUrl).href }, 'people are told');
  }
}
