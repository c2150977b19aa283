import { webhookSubscriptions } from './subscription.js';

const good = { name: 'siem', url: 'https://siem.example.org/in', secretFiles: ['/etc/lazaret/siem'] };

function problemsOf(...subscriptions: object[]): string {
  const { success, error } = webhookSubscriptions.safeParse(subscriptions);
  return success ? '' : error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

it('is everything of every site, tried for three days, unless it says otherwise', () => {
  const defaults = { events: null, sites: null, allowAddresses: [], caFile: null, timeoutSeconds: 10, giveUpDays: 3 };
  expect(webhookSubscriptions.parse([good])).toEqual([{ ...good, ...defaults }]);
});

it('takes plain http to this machine only', () => {
  for (const url of ['http://127.0.0.1:8080/in', 'http://localhost/in', 'http://[::1]:9/']) {
    expect(problemsOf({ ...good, url })).toBe('');
  }
  for (const url of ['http://10.0.0.1/in', 'http://127.0.0.1.example.org/', 'http://localhost.example.org/']) {
    expect(problemsOf({ ...good, url })).toContain('0.url: expected https');
  }
});

it.each([
  ['a password in the url', { url: 'https://me:hush@example.org/' }, '0.url: credentials'],
  ['another scheme', { url: 'file:///etc/passwd' }, '0.url'],
  ['no secret', { secretFiles: [] }, '0.secretFiles'],
  ['three secrets', { secretFiles: ['a', 'b', 'c'] }, '0.secretFiles'],
  ['an unknown event', { events: ['exploded'] }, '0.events'],
  ['no event', { events: [] }, '0.events'],
  ['a range that is none', { allowAddresses: ['10.0.0.0/99'] }, '0.allowAddresses.0'],
  ['a name that is no word', { name: 'SIEM here' }, '0.name'],
  ['a secret in the file', { secret: 'hush' }, 'secret'],
])('refuses %s, and does not quote it', (_, change, problem) => {
  const problems = problemsOf({ ...good, ...change });
  expect(problems).toContain(problem);
  expect(problems).not.toContain('hush@');
});

it('refuses two of one name', () => {
  expect(problemsOf(good, good)).toContain('names have to differ');
});
