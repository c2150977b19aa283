import { Contract, contractFile } from '../http/testing/contract.client.js';
import { CT, MRI } from '../http/testing/nac-fixture.client.js';
import { NacBench, failure } from '../http/testing/nac-bench.client.js';
import { mistFixture } from './testing/mist-fixture.client.js';

describe('the driver mist', () => {
  const bench = new NacBench(mistFixture);

  it('keeps the rest of a record that it can only write whole, and makes none', async () => {
    const before = structuredClone(bench.model.userMac(MRI));
    await bench.setPolicy();
    expect(bench.model.userMac(MRI)).toEqual({ ...before, labels: ['modality', 'lazaret'] });
    await bench.clearPolicy();
    expect(bench.model.userMac(MRI)).toEqual(before);
    expect(await failure(bench.setPolicy({ mac: '02:00:00:00:00:01' }))).toMatchObject({ code: 'refused' });
    expect(bench.model.userMacs.size).toBe(2);
  });

  it('F5 F31 a label alone moves no client, and is not shown as isolated', async () => {
    await bench.setPolicy();
    expect(await bench.isolated()).toEqual([false]);
    await bench.renew();
    expect(await bench.isolated()).toEqual([true]);
  });

  it('F6 without a live client the label stands, and a renewal says no-session', async () => {
    bench.model.endSession(MRI);
    await bench.setPolicy();
    expect(await bench.driver.read([MRI])).toMatchObject({ sessions: [], policies: [{ ours: true }] });
    expect(await failure(bench.renew())).toMatchObject({ code: 'no-session', retry: 'permanent' });
  });

  it('F7 F11 a client that connects again, wherever, has its label still', async () => {
    await bench.setPolicy();
    Object.assign(bench.model.clients.get(MRI)!, { port: 'ge-0/0/20' });
    bench.model.connect(MRI);
    expect((await bench.driver.read([MRI])).sessions).toEqual([
      expect.objectContaining({ port: 'ge-0/0/20', switch: 'sw-1', isolated: true }),
    ]);
  });

  it('F8 F9 bounces a port only where the device is alone on it', async () => {
    await bench.restart({ renew: 'bounce-port' });
    await bench.setPolicy();
    const own = bench.model.clients.get(CT)!.port;
    bench.model.clients.get(CT)!.port = 'ge-0/0/7';
    expect(await failure(bench.renew())).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('has 2 devices'),
    });
    bench.model.clients.get(CT)!.port = own;
    await bench.renew();
    const last = bench.fixture.standIn.requests.filter(({ method }) => method === 'POST').at(-1);
    expect(last).toMatchObject({ text: '{"ports":["ge-0/0/7"]}' });
    expect(await bench.isolated()).toEqual([true]);
  });

  it('F13 a label by which others isolate is a conflict, named', async () => {
    bench.model.userMac(MRI).labels = ['soc-quarantine'];
    expect(await failure(bench.setPolicy())).toMatchObject({
      code: 'changed-by-others',
      message: expect.stringContaining('label soc-quarantine'),
    });
    expect(bench.fixture.standIn.writes).toBe(0);
  });

  it('F14 the right rule with another VLAN is not shown as isolated, and a rule that isolates nobody is found beforehand', async () => {
    await bench.setPolicy();
    await bench.renew();
    bench.model.clients.get(MRI)!.vlan = 10;
    expect(await bench.isolated()).toEqual([false]);
    bench.model.tags[1]!.allow_usermac_override = true;
    expect(await bench.wrong()).toEqual([expect.stringContaining("client's own VLAN")]);
    bench.model.tags[0]!.values = ['other'];
    expect(await bench.wrong()).toEqual([expect.stringContaining('does not match the label lazaret')]);
    bench.model.rules[0]!.enabled = false;
    expect(await bench.wrong()).toEqual(['it is disabled']);
  });

  it('F24 what of ours is there is listed for people', async () => {
    await bench.setPolicy();
    expect(await bench.held()).toContain(MRI);
  });

  const file = contractFile('mist/mist-subset.openapi.json');
  (file ? it : it.skip)(
    'asks, and is answered, as the published description says (shared/data, if present)',
    async () => {
      await bench.setPolicy();
      await bench.renew();
      await bench.driver.probe();
      await bench.clearPolicy();
      await bench.fixture.stop();
      const contract = new Contract(file!);
      const coa = bench.fixture.standIn.exchanges;
      await bench.restart({ renew: 'bounce-port' });
      await bench.setPolicy();
      await bench.renew();
      const exchanges = [...coa, ...bench.fixture.standIn.exchanges];
      expect(exchanges.flatMap(({ request }) => contract.problems(request))).toEqual([]);
      expect(exchanges.flatMap(({ request, answer }) => contract.answerProblems(request, answer))).toEqual([]);
      expect(exchanges.length).toBeGreaterThan(15);
      const wrong = {
        ...exchanges[0]!.request,
        method: 'PUT',
        path: '/api/v1/orgs/a/usermacs/b',
        text: '{"labels":"lazaret"}',
      };
      expect(contract.problems(wrong)).toHaveLength(1);
    },
  );
});
