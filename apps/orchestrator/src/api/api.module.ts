import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ConsoleController } from '../console/console.controller.js';
import { PeopleGuard } from '../people/people.guard.js';
import { People } from '../people/people.store.js';
import { TokenAudit } from '../people/token-audit.store.js';
import { DevicesController } from './devices.controller.js';
import { DocumentsController } from './documents.controller.js';
import { EVENT_SIGNAL_OPTIONS, EventSignal, type EventSignalOptions } from './event-signal.client.js';
import { InventoryController } from './inventory.controller.js';
import { PointsController } from './points.controller.js';
import { QuarantinesController } from './quarantines.controller.js';
import { RulesController } from './rules.controller.js';
import { StreamController } from './stream.controller.js';
import { TokensController } from './tokens.controller.js';
import { WebhooksController } from './webhooks.controller.js';

export const CONTROLLERS = [
  DevicesController,
  QuarantinesController,
  InventoryController,
  PointsController,
  RulesController,
  TokensController,
  WebhooksController,
  StreamController,
  DocumentsController,
  ConsoleController,
];

/** REST, the stream and the page. `imports` provide the commands and queries that the controllers ask. */
@Module({})
export class ApiModule {
  static over(imports: NonNullable<ModuleMetadata['imports']>, signal: EventSignalOptions): DynamicModule {
    return {
      module: ApiModule,
      imports,
      controllers: CONTROLLERS,
      providers: [
        People,
        TokenAudit,
        EventSignal,
        { provide: EVENT_SIGNAL_OPTIONS, useValue: signal },
        { provide: APP_GUARD, useClass: PeopleGuard },
      ],
      exports: [EventSignal],
    };
  }
}
