import { Module, type DynamicModule } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { newId } from '#events';
import type { Logger } from '#observability';
import type { PointLocks } from '../apply/point-locks.js';
import { keepUndoSheet } from '../apply/undo-sheet.store.js';
import type { Interlocks } from '../check/refusal.js';
import { Drills } from '../drill/drills.command.js';
import { DrillsStore } from '../drill/drills.store.js';
import type { TestPort } from '../drill/test-port.js';
import type { Point } from '../read/point.js';
import type { PointDescription } from './description.js';
import { PointReports } from './points.publisher.js';

export interface PointsOptions {
  points: ReadonlyMap<string, Point>;
  /** The loop's: a drill's writes take their turn with all others. */
  locks: PointLocks;
  interlocks: Interlocks;
  undoDirectory: string;
  /** What each point is, by id; a point without a description is reported to nobody and keeps no drilled profile. */
  descriptions: ReadonlyMap<string, PointDescription>;
  /** Where drills may isolate something. */
  testPorts: readonly TestPort[];
  logger: Logger;
}

/** What points can do and whether they answer, and the drills that show it. */
@Module({})
export class PointsModule {
  static over(options: PointsOptions): DynamicModule {
    const holder = newId();
    return {
      module: PointsModule,
      providers: [
        {
          provide: PointReports,
          useFactory: (dataSource: DataSource) => new PointReports({ ...options, dataSource, holder }),
          inject: [DataSource],
        },
        {
          provide: Drills,
          useFactory: (dataSource: DataSource, reports: PointReports) => drills(options, dataSource, holder, reports),
          inject: [DataSource, PointReports],
        },
      ],
      exports: [PointReports, Drills],
    };
  }
}

function drills(options: PointsOptions, dataSource: DataSource, holder: string, reports: PointReports): Drills {
  const now = (): Date => new Date();
  return new Drills({
    ...options,
    store: new DrillsStore(dataSource, holder),
    now,
    keepUndo: (sheet) => keepUndoSheet(dataSource, options.undoDirectory, sheet, now()),
    tell: (pointId) => reports.tell(pointId, true),
  });
}
