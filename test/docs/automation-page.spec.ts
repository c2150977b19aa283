import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { QUARANTINE_CHANGES } from '#events';
import { orchestratorConfig } from '../../apps/orchestrator/src/config.js';

const page = readFileSync('docs/automation.md', 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, text = '']) => text);
const words = (text: string) => text.split(/\s+/).filter(Boolean).join(' ');

describe('docs/automation.md', () => {
  it('shows webhooks that the orchestrator takes', () => {
    const [webhooks = ''] = blocks('yaml');
    const rest = { http: { port: 8080 }, publicUrl: 'https://lazaret.example', site: 'north' };
    const { success, error } = orchestratorConfig.safeParse({ ...rest, ...parse(webhooks) });
    expect([success, error?.issues]).toEqual([true, undefined]);
  });

  it('shows a rule as it stands in the example', () => {
    const [, rule = ''] = blocks('yaml');
    expect(words(readFileSync('examples/ansible/follow-quarantines.yml', 'utf8'))).toContain(words(rule));
  });

  it('links only to what is there, and names every change', () => {
    const links = [...page.matchAll(/\]\((?!https:)([^)#]+)\)/g)].map(([, path = '']) => join('docs', path));
    expect(links.length).toBeGreaterThan(8);
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
    for (const change of QUARANTINE_CHANGES) expect(page).toContain(`\`${change}\``);
  });
});
