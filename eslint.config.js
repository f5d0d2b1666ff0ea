import js from '@eslint/js';
import globals from 'globals';

export default [
  { ignores: ['build/**', 'build-*/**', 'dist/**', 'coverage/**', 'tests/fixtures/**'] },
  js.configs.recommended,
  {
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: 'module',
      globals: { ...globals.browser, ...globals.worker, ...globals.node },
    },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
      // Datagrams and grammars are full of control characters.
      'no-control-regex': 'off',
    },
  },
  {
    files: ['tests/**/*.js', 'bench/**/*.js', 'examples/**/*.test.js'],
    languageOptions: { globals: { ...globals.jest } },
  },
  {
    // Functions that run in pages; the scripts in tests/browser/pages make the globals.
    files: ['tests/browser/**/*.js'],
    languageOptions: {
      globals: { harness: 'readonly', nativePeer: 'readonly', signalling: 'readonly' },
    },
  },
  {
    // What the tests find in their realm; tests/conformance/support makes it.
    files: ['tests/conformance/**/*.js'],
    languageOptions: { globals: { realm: 'readonly' } },
  },
];
