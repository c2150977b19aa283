import { serviceUrl } from './service-databases.js';

it("a service's URL is the owner's with another role and password, whatever characters they hold", () => {
  const url = new URL(serviceUrl('postgres://lazaret:a%40b@127.0.0.1:5432/ward?x=1', 'lazaret_discovery', 'p@:/?#%'));
  expect([url.username, url.host, url.pathname, url.search]).toEqual([
    'lazaret_discovery',
    '127.0.0.1:5432',
    '/ward',
    '?x=1',
  ]);
  expect(decodeURIComponent(url.password)).toBe('p@:/?#%');
});
