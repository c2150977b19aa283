// Layers: who may import whom. Run by `npm run layers`.

/** Files whose name says that they do I/O (docs/architecture.md); the same list as in eslint.config.js. */
const IO_FILES = [
  '\\.(store|consumer|publisher|controller|client|driver|sensor|entity|command)\\.ts$',
  '/(main|config|data-source)\\.ts$',
  '\\.module\\.ts$',
  '/migrations/',
];
/** What runs only when something is tested; the same list as in eslint.config.js. */
const SPECS = '(\\.spec\\.ts|\\.fixture\\.ts)$|/testing/|^apps/[^/]+/test/';

/**
 * Files, sockets, processes and the database. Types alone do no I/O and may be imported anywhere. node:net is
 * the linter's: its tests of addresses are pure.
 */
const IO_MODULES = [
  '^(node:)?(fs|fs/promises|dgram|child_process|http|http2|https|tls|dns|dns/promises|worker_threads|cluster)$',
  '^node_modules/(pg|typeorm|@nestjs/typeorm)/',
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-app-imports-another-app',
      comment: 'Services speak to each other through Kafka only.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-lib-imports-an-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'no-product-code-imports-test-or-deploy',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: SPECS },
      to: { path: '^(test|deploy)/' },
    },
    {
      name: 'only-specs-import-specs',
      comment: 'Benchmarks are measured on the same stand-ins.',
      severity: 'error',
      from: { pathNot: [SPECS, '^test/bench/'] },
      to: { path: SPECS },
    },
    {
      name: 'libs-by-their-name',
      comment: 'A library is imported as #name: what its index does not export is its own.',
      severity: 'error',
      from: { path: '^(apps|libs|test|deploy)/([^/]+)/', pathNot: '^libs/' },
      to: { path: '^libs/[^/]+/src/', pathNot: '^libs/[^/]+/src/(index|conformance)\\.ts$' },
    },
    {
      name: 'only-messaging-knows-kafkajs',
      comment: 'Tests may: they watch through a client of their own.',
      severity: 'error',
      from: { pathNot: ['^libs/messaging/', '^test/', SPECS] },
      to: { path: '^node_modules/kafkajs/' },
    },
    {
      name: 'only-io-files-do-io',
      comment: 'Rules are pure: what they need to know is handed to them.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [...IO_FILES, SPECS, '^libs/config/src/load\\.ts$'] },
      to: { path: IO_MODULES, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-test-tool-in-the-product',
      comment: 'What is in devDependencies is absent where a service is installed.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [SPECS, '^libs/driver/src/conformance\\.ts$'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-unknown-package',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      // `npm run build` makes dist/; scripts in plain JavaScript import what they run from there.
      to: { couldNotResolve: true, pathNot: '/dist/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
