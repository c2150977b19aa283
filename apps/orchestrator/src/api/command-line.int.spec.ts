import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandLine } from './testing/command-line.client.js';
import { ASK_PEOPLE, RestService } from './testing/rest-service.client.js';

const HEAD = 'site,realm,asset,name,modality,criticality,ward,ae_titles,infrastructure,mac,addressing,address,flows';
const ROW = 'south,default,CT-1,CT 1,CT,important,radiology,CT1,no,08:00:06:10:00:77,static,10.11.0.13,';
const folder = mkdtempSync(join(tmpdir(), 'lazaret-command-line-'));
const undoDirectory = join(folder, 'undo');

let service: RestService;
let cli: CommandLine;
let approver: CommandLine;
let devices: string[];
let ids: string[];

beforeAll(async () => {
  service = await RestService.start(ASK_PEOPLE, { undoDirectory });
  const lazaret = new CommandLine({ LAZARET_URL: service.url, DATABASE_URL: service.database.serviceUrl });
  const { token } = await lazaret.json<{ token: string }>('token', 'create', '--name', 'ann', '--role', 'approver');
  cli = lazaret.with({ LAZARET_TOKEN: service.tokens.admin });
  approver = lazaret.with({ LAZARET_TOKEN: token });
  devices = await service.admit(2, { site: 'north', name: 'MRI \u001b[31m one' });
  ids = await service.propose(devices.slice(0, 1));
}, 120_000);
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function refusal(run: Promise<{ code: number; out: string; err: string }>): Promise<[number, string]> {
  const { code, out, err } = await run;
  expect(out).toBe('');
  return [code, err];
}

const matching = (...words: string[]) => expect.stringMatching(words.join('[^]*'));

describe('lazaret', () => {
  it('makes the first token beside the database, one a name', async () => {
    const words = ['token', 'create', '--name', 'first', '--role', 'admin'];
    const made = await cli.run(...words, '--days', '2');
    expect([made.code, made.err]).toEqual([0, '']);
    expect((await service.as({ token: made.out.trim() }).get('/v1/tokens')).status).toBe(200);
    expect(await refusal(cli.run(...words))).toEqual([1, matching('bears the name first')]);
    expect(await refusal(cli.run('token', 'create', '--name', 'policy', '--role', 'admin'))).toEqual([
      2,
      matching('itself'),
    ]);
    const king = await cli.run('token', 'create', '--name', 'x', '--role', 'king');
    expect([king.code, king.err]).toEqual([2, matching('viewer, operator, approver, admin')]);
  });

  it('imports an inventory whole or not at all, and says before what it would do', async () => {
    const good = file('good.csv', `${HEAD}\n${ROW}\n`);
    expect(await cli.json('import', good, '--dry-run')).toEqual({ added: 1, changed: 0, same: 0, removed: 0 });
    expect((await cli.run('import', good)).out).toBe('1 added, 0 changed, 0 same, 0 removed\n');
    const bad = file('bad.csv', `${HEAD}\n${ROW}\n${ROW.replace('CT-1', 'CT-2').replace('static', 'magic')}\n`);
    expect(await refusal(cli.run('import', bad))).toEqual([
      1,
      matching('invalid-inventory', 'row 3, address', 'row 3, addressing', 'row 3, mac.*doubled-mac'),
    ]);
    expect(await refusal(cli.run('import', join(folder, 'none.csv')))).toEqual([3, matching('ENOENT')]);
  });

  it('lists and shows for people without letting a name steer their terminal, and for programs as JSON', async () => {
    const table = await cli.run('list', '--devices');
    expect(table.out).toMatch(/^DEVICE +WARD +CRITICALITY/);
    expect(table.out).toContain('MRI \ufffd[31m one');
    expect(table.out).not.toContain('\u001b');
    const { items } = await cli.json<{ items: { quarantineId: string }[] }>('list', '--decision', 'proposed');
    expect(items.map(({ quarantineId }) => quarantineId)).toEqual(ids);
    const shown = await cli.run('show', 'MRI-0');
    expect(shown.out).toMatch(/proposed, intended[^]*asked by operator-1[^]*plan sha256:[^]*undo by hand[^]*ovs-vsctl/);
    expect(await cli.json('show', ids[0] ?? '')).toMatchObject({
      quarantineId: ids[0],
      timeline: expect.arrayContaining([expect.objectContaining({ kind: 'proposed', actor: 'operator-1' })]),
    });
    expect((await cli.run('show', 'MRI-1')).out).toMatch(/dicom-store +10.20.0.10 +104\/tcp/);
  });

  it('acts on no device whose name another one bears too, nor on one that is not there', async () => {
    expect(await refusal(cli.run('hold', 'MRI \u001b[31m one', '--reason', 'look'))).toEqual([
      1,
      matching('2 devices are called', devices[0] ?? '|', ''),
    ]);
    expect(await refusal(cli.run('hold', 'MRI-9', '--reason', 'look'))).toEqual([1, matching('No device')]);
  });

  it('approves the plan that was seen, once; and releases', async () => {
    const stale = ['--plan', `sha256:${'0'.repeat(64)}`];
    expect(await refusal(approver.run('approve', 'MRI-0', '--reason', 'agreed', ...stale))).toEqual([
      1,
      matching('plan-stale'),
    ]);
    expect(await refusal(cli.run('approve', 'MRI-0', '--reason', 'agreed'))).toEqual([4, matching('forbidden')]);
    const approved = await approver.run('approve', 'MRI-0', '--reason', 'agreed');
    expect(approved.out).toBe('approved: 1 of 1 approvals\n');
    const twice = await refusal(approver.run('approve', ids[0] ?? '', '--reason', 'agreed'));
    expect(twice).toEqual([1, matching('already-decided')]);
    expect(await approver.json('release', 'MRI-0', '--reason', 'cleaned')).toMatchObject({ decision: 'released' });
    const { body } = await service.as('viewer').get(`/v1/quarantines/${ids[0]}`);
    expect(body).toMatchObject({ decision: 'released' });
  });

  it('does not approve before there is a plan, and rejects', async () => {
    await service.as('operator').post('/v1/quarantines', { deviceId: devices[1], reason: 'it scans' });
    expect(await refusal(approver.run('approve', 'MRI-1', '--reason', 'agreed'))).toEqual([1, matching('no plan yet')]);
    expect((await approver.run('reject', 'MRI-1', '--reason', 'no worm')).out).toBe('rejected\n');
    expect(await refusal(approver.run('reject', 'MRI-1', '--reason', 'no worm'))).toEqual([
      1,
      matching('no open quarantine'),
    ]);
  });

  it('holds a device and ends the hold', async () => {
    const holds = async () => (await service.database.owner.query('SELECT held_by FROM holds')).rows;
    expect((await approver.run('hold', 'MRI-1', '--reason', 'engineer')).out).toBe('held\n');
    expect(await holds()).toEqual([{ held_by: 'ann' }]);
    expect(await approver.json('unhold', 'MRI-1', '--reason', 'done')).toEqual({ deviceId: devices[1], held: false });
    expect(await holds()).toEqual([]);
  });

  it('checks a policy without taking it into force', async () => {
    expect((await cli.run('policy', 'check', file('good.yaml', 'version: 1\n'))).out).toMatch(/^valid, sha256:/);
    expect(await refusal(cli.run('policy', 'check', file('bad.yaml', 'version: 2\nrulez: []\n')))).toEqual([
      1,
      matching('invalid-policy', '/version', 'rulez'),
    ]);
  });

  it('prints how to undo by hand, also with nothing but the files', async () => {
    const alone = new CommandLine({ LAZARET_UNDO_DIRECTORY: undoDirectory });
    expect(readdirSync(undoDirectory)).toHaveLength(1);
    const online = await cli.run('undo', ids[0] ?? '');
    const offline = await alone.run('undo', '--offline', 'MRI-0');
    expect([online.code, offline.code]).toEqual([0, 0]);
    const commands = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(commands(offline.out)).toEqual(['ovs-vsctl set port wl-mri tag=10']);
    expect(commands(online.out)).toEqual(commands(offline.out));
    expect(await refusal(alone.run('undo', '--offline', 'MRI'))).toEqual([1, matching('No undo sheet', 'MRI-0')]);
    expect(await refusal(new CommandLine({}).run('undo', '--offline', 'MRI-0'))).toEqual([2, matching('--directory')]);
  });

  it('says what this machine lacks, in an exit code too', async () => {
    const { code, out } = await cli.run('doctor', '--json');
    const findings = JSON.parse(out) as { state: string; what: string }[];
    expect(findings.map(({ what }) => what)).toContainEqual(expect.stringContaining('Java'));
    expect(code).toBe(findings.some(({ state }) => state === 'missing') ? 1 : 0);
    const taken = await cli.run('doctor', '--ports', new URL(service.url).port);
    expect([taken.code, taken.out]).toEqual([1, matching('is taken', 'ss -lptn')]);
  });

  it.each<[number, string, string[], Record<string, string>]>([
    [2, 'unknown command', ['frobnicate'], {}],
    [2, '--reason', ['approve', 'MRI-0'], {}],
    [2, 'is no address', ['list'], { LAZARET_URL: 'nonsense' }],
    [3, 'ECONNREFUSED', ['list'], { LAZARET_URL: 'http://127.0.0.1:59999' }],
    [3, 'database', ['audit', 'verify'], { DATABASE_URL: 'postgresql://a:b@127.0.0.1:9/c' }],
    [2, 'DATABASE_URL', ['audit', 'verify'], { DATABASE_URL: '' }],
    [4, 'LAZARET_TOKEN', ['list'], { LAZARET_TOKEN: '' }],
    [4, 'unauthenticated', ['list'], { LAZARET_TOKEN: 'lzt_old' }],
  ])('ends with %i and says %j for %j', async (code, words, line, environment) => {
    expect(await refusal(cli.with(environment).run(...line))).toEqual([code, matching(words)]);
  });

  it('explains itself', async () => {
    const { code, out } = await cli.run('--help');
    expect([code, out]).toEqual([0, matching('Examples', 'LAZARET_TOKEN', 'Exit codes: 0 done')]);
    expect((await cli.run('approve', '--help')).out).toMatch(
      /--reason <words>[^]*--plan <digest>|--plan <digest>[^]*--reason <words>/,
    );
  });
});

describe('lazaret audit verify', () => {
  const owner = (statement: string) => service.database.owner.query(statement);
  const verify = () => cli.run('audit', 'verify');

  it('finds the chain of all that was done unbroken', async () => {
    expect(await verify()).toEqual({
      code: 0,
      out: expect.stringMatching(/^\d+ entries, unbroken; head [0-9a-f]{64}\n$/),
      err: '',
    });
    expect(await cli.json('audit', 'verify')).toMatchObject({ ok: true });
  });

  it('ends with 1 and names the entry that was changed, removed or cut off the end', async () => {
    await owner('CREATE TABLE safe AS SELECT * FROM audit');
    await owner(`UPDATE audit SET actor = 'nobody' WHERE seq = 3`);
    expect(await verify()).toEqual({ code: 1, out: 'entry 3 was changed\n', err: '' });
    await owner('DELETE FROM audit WHERE seq = 3');
    expect(await verify()).toEqual({ code: 1, out: 'entry 3 is missing\n', err: '' });
    await owner('DELETE FROM audit');
    await owner('INSERT INTO audit SELECT * FROM safe WHERE seq < (SELECT max(seq) FROM safe)');
    const { rows } = await owner('SELECT max(seq) AS end FROM safe');
    const end = String((rows[0] as { end: string }).end);
    expect(await verify()).toEqual({ code: 1, out: `entry ${end} is missing\n`, err: '' });
    const run = await cli.run('--json', 'audit', 'verify');
    expect([run.code, JSON.parse(run.out)]).toEqual([1, { ok: false, seq: Number(end), reason: 'missing' }]);
  });

  it('does not call an audit that it may not read, or that is not there, tampered', async () => {
    const url = new URL(service.database.serviceUrl);
    url.pathname = '/postgres';
    const elsewhere = cli.with({ DATABASE_URL: url.href });
    expect(await refusal(elsewhere.run('audit', 'verify'))).toEqual([3, matching("can't be reached or read")]);
  });
});
