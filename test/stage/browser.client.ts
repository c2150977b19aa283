import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

/** Debian's package `chromium`. */
const CHROMIUM = '/usr/bin/chromium';
const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Browser {
  page: Page;
  /** What the page complained of in its console, and scripts that failed. */
  complaints: string[];
  close(): Promise<void>;
}

/** A real browser with a fresh profile. Each wait of its page ends after `timeoutMs`. */
export async function openBrowser(timeoutMs = 60_000): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'lazaret-browser-'));
  const viewport = { width: 1240, height: 900 };
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: QUIET,
    viewport,
    colorScheme: 'light',
    timeout: timeoutMs,
  });
  context.setDefaultTimeout(timeoutMs);
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const close = async (): Promise<void> => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  };
  return { page, complaints, close };
}
