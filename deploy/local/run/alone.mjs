// Which integration tests need neither our database nor our broker, so that they can go beside those that do.

/** Not the repository's own tests. */
export const NOT_OURS = ['/node_modules/', '/dist/'];

/** Patterns of files: drivers against peers of their own, clients of the switch, the launcher. */
export const ALONE = [
  '/enforcement/src/drivers/',
  '/libs/driver/',
  '/libs/ovsdb/',
  '/deploy/checks/',
  '/deploy/local/(run|servers|services)\\.int',
];
