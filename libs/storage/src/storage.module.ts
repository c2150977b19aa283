import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { fromEnvironment } from '#config';
import { createDataSource } from './data-source.store.js';
import type { Storage } from './options.js';
import { isTransient } from './transient.js';

export interface StorageModuleOptions extends Storage {
  /** The service's own role. Default: env DATABASE_URL. */
  url?: string;
  poolSize?: number;
}

/** How long a service waits at boot for a database that is not there yet. In ms. */
const BOOT_PATIENCE_MS = 60_000;

/** Gives the whole service its initialised `DataSource` (inject by class) and closes it after everything else. */
@Global()
@Module({})
export class StorageModule implements OnApplicationShutdown {
  constructor(private readonly dataSource: DataSource) {}

  static forService(options: StorageModuleOptions): DynamicModule {
    return {
      module: StorageModule,
      providers: [{ provide: DataSource, useFactory: () => openDataSource(options) }],
      exports: [DataSource],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

async function openDataSource(options: StorageModuleOptions): Promise<DataSource> {
  const url = options.url ?? fromEnvironment('DATABASE_URL');
  if (!url) throw new Error('DATABASE_URL is not set');
  const until = Date.now() + BOOT_PATIENCE_MS;
  for (;;) {
    const dataSource = createDataSource({ ...options, url });
    try {
      return await dataSource.initialize();
    } catch (error) {
      if (!isTransient(error) || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
