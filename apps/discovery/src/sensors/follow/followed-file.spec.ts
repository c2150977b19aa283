import { appendFileSync, copyFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FollowedPosition } from './file-position.js';
import { endOf } from './file-parts.client.js';
import { LINGER_MS, FollowedFile } from './followed-file.client.js';

let folder: string;
let file: string;
let index = 0;
let read: string[];
let offsets: Map<string, number>;
let bad: string[];
let heads: (readonly string[])[];
let lost: number;
let safe: boolean;
let follower: FollowedFile | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lazaret-follow-'));
  file = join(folder, 'conn.log');
  [index, read, bad, heads, lost, safe] = [0, [], [], [], 0, true];
  offsets = new Map();
});
afterEach(() => {
  follower?.stop();
  follower = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function follow(position: FollowedPosition): FollowedFile {
  follower?.stop();
  follower = new FollowedFile({
    file,
    position,
    mayRead: () => safe,
    onFile: (head) => heads.push(head),
    onLines: (lines) => {
      for (const { text, offset } of lines) {
        read.push(text);
        offsets.set(text, offset);
      }
    },
    onBadLine: (reason) => bad.push(reason),
    onMissing: () => undefined,
    onLost: () => (lost += 1),
  });
  follower.start();
  return follower;
}

/** Stops as a crash would: only the position of before is known. */
function stop(): FollowedPosition {
  const { position } = follower!;
  follower!.stop();
  follower = undefined;
  return position;
}

/** Writes so many lines, each of its own. */
function write(count: number, to = file): string[] {
  const lines = Array.from({ length: count }, () => `line ${(index += 1)} of the log, and no other`);
  appendFileSync(to, lines.map((line) => `${line}\n`).join(''));
  return lines;
}

async function readUntil(lines: readonly string[], ms = 5000): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end && read.length < lines.length;)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(read).toEqual(lines);
}

describe('a followed file', () => {
  it('is read from its end the first time, and then line by line, halves when they are whole', async () => {
    write(3);
    appendFileSync(file, 'a half');
    follow(endOf(file));
    appendFileSync(file, ' and its rest\n');
    await readUntil(['a half and its rest', ...write(2)]);
  });

  it('that is not there yet is read from its beginning', async () => {
    follow(endOf(file));
    await readUntil(write(2));
  });

  it('that was not there when we began, and was renamed while we were away, is read from its beginning', async () => {
    write(2, join(folder, 'conn.2026-01-05-01.log'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const position = endOf(file);
    const away = write(2);
    renameSync(file, join(folder, 'conn.2026-01-05-02.log'));
    follow(position);
    await readUntil([...away, ...write(2)]);
  });

  it('renamed is read to its end, even what is written to it late, before the new one', async () => {
    follow(endOf(file));
    const before = write(2);
    await readUntil(before);
    renameSync(file, join(folder, 'conn.2026-01-05-03-00-00.log'));
    const after = write(2);
    const late = write(1, join(folder, 'conn.2026-01-05-03-00-00.log'));
    await readUntil([...before, ...late, ...after]);
  });

  it('copied and cut is read from its beginning, though it has grown beyond where reading stood', async () => {
    follow(endOf(file));
    const before = write(2);
    await readUntil(before);
    safe = false;
    const unread = write(20);
    copyFileSync(file, `${file}.1`);
    truncateSync(file, 0);
    const after = write(200);
    safe = true;
    await readUntil([...before, ...unread, ...after], LINGER_MS + 5000);
  });

  it('goes on where it stopped, with what its file begins with', async () => {
    appendFileSync(file, '#separator \\x09\n#fields\tts\n');
    follow(endOf(file));
    const before = write(2);
    await readUntil(before);
    const position = stop();
    const away = write(3);
    follow(position);
    await readUntil([...before, ...away]);
    expect(heads.at(-1)).toEqual(['#separator \\x09', '#fields\tts']);
    expect(lost).toBe(0);
  });

  it('renamed three times while we were away is read in order, none left out', async () => {
    follow(endOf(file));
    const before = write(2);
    await readUntil(before);
    const position = stop();
    const away: string[] = [];
    for (const name of ['conn.2026-01-05-01.log', 'conn.2026-01-05-02.log', 'conn.2026-01-05-03.log']) {
      away.push(...write(3));
      renameSync(file, join(folder, name));
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    away.push(...write(3));
    writeFileSync(join(folder, 'conn-summary.log'), 'not one of them\n');
    follow(position);
    await readUntil([...before, ...away], LINGER_MS + 5000);
    expect(lost).toBe(0);
  });

  it('copied and cut while we were away has its rest read out of the copy, at the same places', async () => {
    follow(endOf(file));
    const before = write(2);
    await readUntil(before);
    const position = stop();
    const away = write(3);
    copyFileSync(file, `${file}.1`);
    truncateSync(file, 0);
    const after = write(50);
    follow(position);
    await readUntil([...before, ...away, ...after], LINGER_MS + 5000);
    expect(offsets.get(away[0] ?? '')).toBe(position.offset);
    expect(lost).toBe(0);
  });

  it('whose old part is gone tells of the loss, and is read from its beginning', async () => {
    follow(endOf(file));
    await readUntil(write(2));
    const position = stop();
    write(3);
    rmSync(file);
    read = [];
    const after = write(2);
    follow(position);
    await readUntil(after);
    expect(lost).toBe(1);
  });

  it('is not read while what was told is not safe', async () => {
    follow(endOf(file));
    safe = false;
    const lines = write(2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(read).toEqual([]);
    safe = true;
    await readUntil(lines);
  });

  it('with a line too long leaves that one out and counts it', async () => {
    follow(endOf(file));
    appendFileSync(file, `${'x'.repeat(600_000)}\n`);
    await readUntil(write(1));
    expect(bad).toEqual(['too-long-line']);
  });
});
