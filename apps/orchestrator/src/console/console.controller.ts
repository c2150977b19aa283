import { Controller, Get, Header, NotFoundException, Param } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StreamableFile } from '@nestjs/common';
import { Needs } from '../people/people.guard.js';

/** The compiler copies no pages, so they are read where they are written. */
const PAGE = join(dirname(fileURLToPath(import.meta.url)).replace(/([/\\])dist([/\\])apps/, '$1apps'), 'page');
const TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
} as const;
const FILES = ['console.css', 'element.js', 'main.js', 'quarantine-card.js', 'rest.js'];
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; frame-ancestors 'none'; form-action 'none'; base-uri 'none'";

/** The page for operators. It holds no data: everything comes over REST with the reader's own token. */
@Controller()
@Needs('none')
export class ConsoleController {
  @Get('/')
  @Header('Content-Security-Policy', POLICY)
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('Referrer-Policy', 'no-referrer')
  index(): StreamableFile {
    return file('index.html');
  }

  @Get('/console/:name')
  @Header('X-Content-Type-Options', 'nosniff')
  part(@Param('name') name: string): StreamableFile {
    if (!FILES.includes(name)) throw new NotFoundException();
    return file(name);
  }
}

function file(name: string): StreamableFile {
  const ending = name.split('.').at(-1) as keyof typeof TYPES;
  return new StreamableFile(readFileSync(join(PAGE, name)), { type: TYPES[ending] });
}
