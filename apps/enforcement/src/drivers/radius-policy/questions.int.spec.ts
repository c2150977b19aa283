import { exec } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freeTcpPort } from '../testing/free-port.client.js';
import { RadiusPolicyDriver } from './radius-policy.driver.js';
import { RadiusPolicyBench, TOKEN } from './testing/radius-policy-bench.client.js';

const shell = promisify(exec);
const FORM = {
  mac: '08-00-06-10-00-11',
  user: 'device',
  serviceType: '',
  nasAddress: '10.99.0.2',
  nasIdentifier: '',
  port: 'Gi1/0/7',
  session: '',
  vlan: '10',
};

const bench = new RadiusPolicyBench();

describe('the endpoint', () => {
  it('answers nobody without the token', async () => {
    expect((await bench.post('/v1/policy', new URLSearchParams(FORM).toString(), 'wrong')).status).toBe(401);
  });

  it('takes 64 kB at most, and forms that are whole', async () => {
    expect((await bench.post('/v1/policy', 'x'.repeat(65_537))).status).toBe(413);
    expect((await bench.post('/v1/policy', 'mac=08-00-06-10-00-11')).status).toBe(400);
    expect((await bench.post('/v1/policy', new URLSearchParams({ ...FORM, more: 'x' }).toString())).status).toBe(400);
    expect((await bench.post('/v1/other', '')).status).toBe(404);
  });

  it('beyond this host is asked by TLS, and begins to listen when its certificate is there', async () => {
    const port = await freeTcpPort();
    const tls = { certFile: join(bench.folder, 'cert.pem'), keyFile: join(bench.folder, 'key.pem') };
    const secured = new RadiusPolicyDriver({ ...bench.point, listen: { host: '127.0.0.1', port, tls } });
    try {
      expect((await secured.probe())[0]).toMatchObject({ ok: false });
      const names = '-subj /CN=localhost -addext subjectAltName=DNS:localhost';
      await shell(
        `openssl req -x509 -newkey rsa:2048 -nodes -days 1 ${names} -keyout ${tls.keyFile} -out ${tls.certFile}`,
      );
      const deadline = performance.now() + 5000;
      while (!(await secured.probe())[0]?.ok) expect(performance.now()).toBeLessThan(deadline);
      const ca = await readFile(tls.certFile);
      const sent = requestTls({
        host: '127.0.0.1',
        servername: 'localhost',
        port,
        path: '/v1/policy',
        method: 'POST',
        auth: `freeradius:${TOKEN}`,
        ca,
        agent: false,
      });
      sent.end(new URLSearchParams(FORM).toString());
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      expect(response.statusCode).toBe(204);
    } finally {
      await secured.close();
    }
  });

  it('is made from memory: half of the questions within 5 ms', async () => {
    const device = bench.fresh();
    await bench.set(device);
    const form = new URLSearchParams({ ...FORM, mac: device.mac }).toString();
    const times: number[] = [];
    for (let i = 0; i < 500; i++) {
      const begin = performance.now();
      expect((await bench.post('/v1/policy', form)).status).toBe(200);
      times.push(performance.now() - begin);
    }
    times.sort((a, b) => a - b);
    console.log(`policy answer: p50 ${times[250]?.toFixed(2)} ms, p99 ${times[495]?.toFixed(2)} ms`);
    expect(times[250]).toBeLessThan(5);
  });
});
