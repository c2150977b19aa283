import type { Logger } from '#observability';
import { inTransaction } from '#storage';
import type { DataSource } from 'typeorm';
import type { TemplateStore } from './template-store.js';
import { saveTemplates } from './templates.store.js';

const SOON_MS = 50;

/** Stores templates soon after they came: their exporter won't repeat them for minutes. */
export class TemplateSaver {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly templates: TemplateStore,
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
  ) {}

  wake(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.save();
    }, SOON_MS);
  }

  async save(): Promise<void> {
    const changes = this.templates.takeChanges();
    if (changes.length === 0) return;
    try {
      await inTransaction(this.dataSource, (manager) => saveTemplates(manager, changes, new Date()));
    } catch (err) {
      this.templates.giveBack(changes);
      this.logger.warn({ err, templates: changes.length }, 'templates could not be stored');
    }
  }
}
