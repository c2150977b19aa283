import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { NestFactory } from '@nestjs/core';
import { sensorReported, type SensorReported } from '#events';
import type { DataSource } from 'typeorm';
import { EventContext } from '../event-context.js';
import { KafkaEventServer, type KafkaEventServerOptions } from '../event-server.consumer.js';
import { quiet } from './bench.client.js';

export type BenchHandler = (event: SensorReported, context: EventContext) => Promise<void> | void;

export interface BenchServer {
  server: KafkaEventServer;
  fatal: Error[];
  stop(): Promise<void>;
}

export interface BenchServerRequest extends Partial<KafkaEventServerOptions> {
  service: string;
  topic: string;
  brokers: string[];
  dataSource: DataSource;
  handler: BenchHandler;
  delivery?: 'once' | 'upsert';
}

/** A service of one handler, made as services are: a controller in a Nest application with our transport. */
export async function startBenchServer(request: BenchServerRequest): Promise<BenchServer> {
  const { topic, handler, delivery = 'upsert', ...options } = request;

  @Controller()
  class BenchController {
    @EventPattern<string>(topic, { delivery })
    async onEvent(@Payload() event: SensorReported, @Ctx() context: EventContext): Promise<void> {
      await handler(event, context);
    }
  }

  @Module({ controllers: [BenchController] })
  class BenchModule {}

  const fatal: Error[] = [];
  const server = new KafkaEventServer({
    logger: quiet(),
    topicSchemas: { [topic]: sensorReported },
    onFatal: (error) => fatal.push(error),
    ...options,
  });
  const app: INestMicroservice = await NestFactory.createMicroservice(BenchModule, { strategy: server, logger: false });
  await app.listen();
  return { server, fatal, stop: () => app.close() };
}

/** Writes what it saw into the table of effects, within the step. */
export const recording: BenchHandler = async (event, { manager }) => {
  await manager.query('INSERT INTO effects (event_id, note) VALUES ($1, $2)', [
    event.id,
    String(event.data.recordsPerSecond),
  ]);
};
