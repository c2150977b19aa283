// What the compiler does not check. Layers between folders: .dependency-cruiser.cjs. Formatting: prettier.
import tseslint from 'typescript-eslint';

/** What runs only when something is tested. */
const SPECS = [
  '**/*.spec.ts',
  '**/*.fixture.ts',
  '**/testing/**/*.ts',
  'test/**/*.ts',
  'libs/driver/src/conformance.ts',
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.lazaret/', 'coverage/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{js,mjs,cjs}'],
    rules: { eqeqeq: 'error', 'no-var': 'error', 'prefer-const': 'error', 'no-unused-vars': ['error', unused()] },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `== null` asks for null and undefined at once.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      // The compiler says it already (noUnusedLocals, noUnusedParameters).
      '@typescript-eslint/no-unused-vars': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // A default that is there to catch what the compiler can't know must not hide a forgotten case.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
      // An async method without await is how an interface that others implement with I/O looks.
      '@typescript-eslint/require-await': 'off',
      // Keys that are no identifiers, or come from outside, are written in brackets.
      '@typescript-eslint/dot-notation': 'off',
    },
  },
  {
    // The environment is read in one place, libs/config. Commands are programs of their own.
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: ['libs/config/**', '**/*.command.ts', ...SPECS],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Settings come through #config.' },
      ],
    },
  },
  {
    // The clock is an argument of every rule; only what does I/O asks the machine.
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: [...ioFiles(), ...SPECS],
    rules: {
      // The rest of node:net opens connections. The other modules: .dependency-cruiser.cjs.
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: ['node:net', 'net'].map((name) => ({
            name,
            allowImportNames: ['isIP', 'isIPv4', 'isIPv6'],
            allowTypeImports: true,
          })),
        },
      ],
      'no-restricted-globals': ['error', { name: 'fetch', message: 'Only files whose suffix says so do I/O.' }],
    },
  },
  {
    files: SPECS,
    rules: {
      'no-console': 'off',
      // Answers of servers and parsed JSON are looked at as they come.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['**/*.command.ts', 'apps/cli/**/*.ts'], rules: { 'no-console': 'off' } },
);

/** A leading underscore says "not used, on purpose". */
function unused() {
  return {
    argsIgnorePattern: '^_',
    varsIgnorePattern: '^_',
    caughtErrorsIgnorePattern: '^_',
  };
}

/** The same list as in .dependency-cruiser.cjs. */
function ioFiles() {
  return [
    '**/*.{store,consumer,publisher,controller,client,driver,sensor,entity,command}.ts',
    '**/{main,config,data-source}.ts',
    '**/*.module.ts',
    '**/migrations/*.ts',
  ];
}
