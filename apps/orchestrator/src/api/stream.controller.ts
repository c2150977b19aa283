import { Controller, Get, Headers, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Needs } from '../people/people.guard.js';
import { People } from '../people/people.store.js';
import { QuarantineQueries } from '../queries.js';
import { EventSignal } from './event-signal.client.js';
import { EventWriter } from './event-writer.client.js';
import { ProblemError } from './problems.js';
import { invalid } from './validated.pipe.js';
import type { Wake } from './wake.js';

const BATCH = 200;
const KEEP_ALIVE_MS = 15_000;
/** A reader that takes nothing through so many rounds of keep-alive has gone without a word. */
const STUCK_ROUNDS = 4;

/** The quarantine events as server-sent events (HTML standard, 9.2). `id` is the place in the stream. */
@Controller('/v1/stream')
export class StreamController {
  constructor(
    private readonly queries: QuarantineQueries,
    private readonly signal: EventSignal,
    private readonly people: People,
  ) {}

  @Get()
  @Needs('viewer')
  async follow(
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const start = await this.startAt(lastEventId);
    const wake = this.signal.listen();
    response.once('close', () => wake.end());
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // So that the end of the stream is the end of the connection, and a closing server waits for neither.
      Connection: 'close',
      'X-Accel-Buffering': 'no',
    });
    const writer = new EventWriter(response, wake.ended);
    const watch = this.watch(request, response, writer);
    try {
      await this.tell(writer, start, wake);
    } finally {
      clearInterval(watch);
      wake.end();
      writer.end();
    }
  }

  private async tell(writer: EventWriter, start: number, wake: Wake): Promise<void> {
    await writer.begin(start);
    for (let after = start; !wake.ended.aborted;) {
      const { items } = await this.queries.events(after, BATCH);
      for (const item of items) {
        if (wake.ended.aborted) return;
        await writer.event(item);
        after = item.seq;
      }
      if (items.length < BATCH) await wake.next();
    }
  }

  /** Keeps the connection, and ends it when the reader takes nothing or its token has ended since. */
  private watch(request: Request, response: Response, writer: EventWriter): NodeJS.Timeout {
    let stuck = 0;
    return setInterval(() => {
      stuck = writer.isStuck ? stuck + 1 : 0;
      if (stuck >= STUCK_ROUNDS) return void response.destroy();
      writer.keepAlive();
      this.people.actorOf(request.headers.authorization, new Date()).catch((error: unknown) => {
        if (error instanceof ProblemError) response.destroy();
      });
    }, KEEP_ALIVE_MS);
  }

  /** Where the reader left off; a new reader begins with the newest. */
  private async startAt(lastEventId: string | undefined): Promise<number> {
    const { oldest, newest } = await this.queries.events(0, 1);
    if (lastEventId === undefined) return newest;
    if (!/^\d{1,15}$/.test(lastEventId)) {
      const detail = 'Last-Event-ID is a number that the stream has sent';
      throw invalid([{ pointer: '', code: 'invalid_format', detail }]);
    }
    const after = Number(lastEventId);
    if (after + 1 < oldest) throw new ProblemError('stream-too-old', `The oldest event kept is ${oldest}.`);
    // A database that was restored has gone back: what came after that event then is not what will come now.
    if (after > newest) throw new ProblemError('stream-too-old', `The newest event is ${newest}.`);
    return after;
  }
}
