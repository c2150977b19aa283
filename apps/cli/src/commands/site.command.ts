import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { CommandError, EXIT } from '../exit-codes.js';
import type { OpenSession } from '../session.js';

/** `import` and `policy check`: the files of a site. */
export function addSiteCommands(program: Command, open: OpenSession): void {
  program
    .command('import')
    .description("import the site's inventory: all of it or nothing")
    .argument('<file>', 'CSV')
    .option('--dry-run', 'say what would change, and change nothing')
    .action(async (file: string, { dryRun }: { dryRun?: boolean }) => {
      const session = open();
      const path = `/v1/inventory${dryRun ? '?dryRun=true' : ''}`;
      const result = await session.rest.call<Record<string, number>>(path, {
        method: 'POST',
        body: text(file),
        media: 'text/csv',
      });
      session.print(
        result,
        (r) =>
          Object.entries(r)
            .map(([word, count]) => `${count} ${word}`)
            .join(', ') + (dryRun ? ' (dry run)' : ''),
      );
    });
  const policy = program.command('policy').description('the policy file');
  policy
    .command('check')
    .description('check a policy file without taking it into force; every problem is named')
    .argument('<file>', 'YAML')
    .action(async (file: string) => {
      const session = open();
      const result = await session.rest.call<{ version: string }>('/v1/policy/checks', {
        method: 'POST',
        body: text(file),
        media: 'text/yaml',
      });
      session.print(result, (r) => `valid, ${r.version}`);
    });
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(EXIT.unreachable, `${file} can't be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
