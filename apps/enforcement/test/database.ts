import { Client } from 'pg';
import { newId } from '#events';
import { migrate } from '#storage';
import { storage } from '../src/data-source.js';

/** A migrated database of its own on the server of this URL: the service's URL, and a connection of the owner to look with. */
export async function freshDatabase(serverUrl = ''): Promise<{ url: string; owner: Client }> {
  const server = new URL(serverUrl);
  const admin = new Client({ connectionString: server.href });
  await admin.connect();
  const name = `enforcement_${newId().replaceAll('-', '')}`;
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  server.pathname = `/${name}`;
  await migrate({ ...storage, url: server.href, password: 'test' });
  const owner = new Client({ connectionString: server.href, options: '-c search_path=enforcement' });
  await owner.connect();
  const own = new URL(server.href);
  own.username = 'lazaret_enforcement';
  own.password = 'test';
  return { url: own.href, owner };
}
