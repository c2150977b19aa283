import { Controller, Get, Header, Param } from '@nestjs/common';
import { asyncApiDocument, jsonSchemas } from '#events';
import { Needs } from '../people/people.guard.js';
import { openApiDocument, VERSION } from './openapi.js';
import { PROBLEMS, ProblemError, isProblemName } from './problems.js';

/** What describes the interface to programs and people. Anybody may read it. */
@Controller()
@Needs('none')
export class DocumentsController {
  @Get('/openapi.json')
  openApi() {
    return openApiDocument();
  }

  @Get('/asyncapi.json')
  asyncApi() {
    return asyncApiDocument(VERSION);
  }

  @Get('/schemas/:name')
  @Header('Content-Type', 'application/schema+json')
  schema(@Param('name') name: string): string {
    const schema = jsonSchemas()[name.replace(/\.json$/, '')];
    if (!schema) throw new ProblemError('not-found', 'There is no schema of this name.');
    return JSON.stringify(schema);
  }

  @Get('/problems/:name')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  problem(@Param('name') name: string): string {
    if (!isProblemName(name)) throw new ProblemError('not-found', 'There is no problem of this name.');
    const { title, status, help } = PROBLEMS[name];
    return `${title} (${status})\n\n${help}\n`;
  }
}
