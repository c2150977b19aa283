import type { Logger } from '#observability';
import type { PolicyFile } from './policy-file.store.js';
import { Sessions, type Session } from './sessions.js';
import { decodeSessions, encodeSessions } from './wire/sessions-file.js';

/** Accounting comes in bursts, and what is lost comes again with the next interim update. */
const WRITE_MS = 500;
/** A large site's file takes a while: no more than a fiftieth of the time is spent on it. */
const SHARE = 50;

/** Keeps the sessions over a restart: read once, written a moment after they have changed. */
export class SessionsStore {
  private timer: NodeJS.Timeout | null = null;
  private tookMs = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly file: PolicyFile,
    private readonly logger?: Logger,
  ) {}

  /** The sessions of an earlier run. None where the file is damaged: they come again. */
  load(): Sessions {
    return new Sessions(this.known());
  }

  /** To be called after each change. */
  changed(sessions: Sessions): void {
    const delay = Math.max(WRITE_MS, this.tookMs * SHARE);
    this.timer ??= setTimeout(() => void this.flush(sessions), delay).unref();
  }

  /** Writes what has changed and is not written yet. */
  async flush(sessions: Sessions): Promise<void> {
    if (this.timer) {
      clearTimeout(this.timer);
      this.timer = null;
      this.writing = this.writing.then(() => this.write(sessions.all()));
    }
    await this.writing;
  }

  private known(): Session[] {
    try {
      if (this.file.version() === null) return [];
      const sessions = decodeSessions(this.file.read());
      if (sessions) return sessions;
      this.logger?.warn({ file: this.file.path }, 'the file of RADIUS sessions is damaged: they are learnt again');
    } catch (error) {
      this.logger?.warn({ file: this.file.path, error: String(error) }, 'the file of RADIUS sessions can not be read');
    }
    return [];
  }

  private async write(sessions: Session[]): Promise<void> {
    const begin = performance.now();
    await this.file.replace(encodeSessions(sessions)).catch((error: NodeJS.ErrnoException) => {
      this.logger?.warn({ file: this.file.path, code: error.code }, 'the RADIUS sessions can not be kept');
    });
    this.tookMs = performance.now() - begin;
  }
}
