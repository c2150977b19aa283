import { Controller, Get, Headers, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Needs } from '../people/people.guard.js';
import { QuarantineQueries } from '../queries.js';
import { ProblemError } from './problems.js';
import { EventSignal } from './event-signal.client.js';

const BATCH = 200;
const KEEP_ALIVE_MS = 15_000;

/** The quarantine events as server-sent events (HTML standard, 9.2). `id` is the place in the stream. */
@Controller('/v1/stream')
export class StreamController {
  constructor(
    private readonly queries: QuarantineQueries,
    private readonly signal: EventSignal,
  ) {}

  @Get()
  @Needs('viewer')
  async follow(
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    let after = await this.startAt(lastEventId);
    const wake = this.signal.listen();
    const keepAlive = setInterval(() => response.write(': still here\n\n'), KEEP_ALIVE_MS);
    request.once('close', () => wake.end());
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.write(': Lazaret\n\n');
    try {
      while (!wake.ended) {
        after = await this.send(response, after);
        await wake.next();
      }
    } finally {
      clearInterval(keepAlive);
      wake.end();
      response.end();
    }
  }

  /** Where the reader left off; a new reader begins with the newest. */
  private async startAt(lastEventId: string | undefined): Promise<number> {
    const { oldest, newest } = await this.queries.events(0, 1);
    if (lastEventId === undefined) return newest;
    if (!/^\d{1,15}$/.test(lastEventId)) {
      const errors = [
        { pointer: '', code: 'invalid_format', detail: 'Last-Event-ID is a number that the stream has sent' },
      ];
      throw new ProblemError('invalid-request', undefined, { errors });
    }
    const after = Number(lastEventId);
    if (after + 1 < oldest) throw new ProblemError('stream-too-old', `The oldest event kept is ${oldest}.`);
    return after;
  }

  private async send(response: Response, from: number): Promise<number> {
    let after = from;
    for (;;) {
      const { items } = await this.queries.events(after, BATCH);
      for (const { seq, event } of items) {
        response.write(`id: ${seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
        after = seq;
      }
      if (items.length < BATCH) return after;
    }
  }
}
