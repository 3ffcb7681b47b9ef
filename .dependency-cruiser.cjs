/** Layer rules of the module map (core/README.md). Each rule says its reason; a break fails `npm run check`. */
const swc = require('@swc/core');

// dependency-cruiser 17 asks swc for TypeScript without JSX, so a component's file would be a syntax error.
const { parseFileSync } = swc;
swc.parseFileSync = (path, options) => parseFileSync(path, { ...options, tsx: path.endsWith('x') });

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const inCore = (folders) => `^core/(${folders})/`;
const notTest = '\\.test\\.tsx?$';
const pure = 'runtime|slurm|sif';
const capabilities =
  'images|imports|archives|publishing|registries|credentials|builds|sandboxes|instances|overlays|workspaces|handover|recipes|transfer|cache|jobs|lessons|registry|terminals|settings|definitions|trust|compare';

module.exports = {
  forbidden: [
    rule('no-cycles', 'A cycle hides which of two modules stands on the other.', {}, { circular: true }),
    rule(
      'contract-is-alone',
      'The contract is loaded by the browser: it may import only the schema and RPC-contract libraries.',
      { path: '^core/contract/', pathNot: notTest },
      { pathNot: ['^core/contract/', 'node_modules/(zod|@orpc/contract)/', 'node_modules/@orpc/'] },
    ),
    rule(
      'pure-core',
      'runtime, slurm and sif are values in, values out: no host, no node.',
      { path: inCore(pure), pathNot: notTest },
      { pathNot: [inCore(pure), '^core/contract/', 'node_modules/zod/'] },
    ),
    rule(
      'pure-core-apart',
      'runtime, slurm and sif do not know each other.',
      { path: '^core/(runtime|slurm|sif)/', pathNot: notTest },
      { path: inCore(pure), pathNot: '^core/$1/' },
    ),
    rule(
      'hosts-below',
      'hosts starts processes for everybody and may know nobody.',
      { path: '^core/hosts/', pathNot: notTest },
      { path: '^core/', pathNot: ['^core/hosts/', '^core/contract/', '^core/runtime/', '^core/errors/'] },
    ),
    rule(
      'archives-below',
      'archives reads hostile files: it knows the contract and the words of failures, and starts nothing.',
      { path: '^core/archives/', pathNot: notTest },
      { path: '^core/', pathNot: ['^core/archives/', '^core/contract/', '^core/errors/'] },
    ),
    rule(
      'tasks-below',
      'tasks runs work that it does not understand.',
      { path: '^core/tasks/', pathNot: notTest },
      {
        path: '^core/',
        pathNot: ['^core/tasks/', '^core/contract/', '^core/hosts/', '^core/errors/', '^core/runtime/'],
      },
    ),
    rule(
      'capabilities-below-api',
      'A capability never calls upwards.',
      { path: inCore(capabilities), pathNot: notTest },
      { path: '^core/(api|serve|cli)/|^core/createCore' },
    ),
    rule(
      'api-below-doors',
      'The router is the same behind every door.',
      { path: '^core/api/', pathNot: notTest },
      { path: ['^core/(serve|cli)/', '^electron/', 'node_modules/(ws|electron)/', '^(node:)?https?$'] },
    ),
    rule(
      'core-without-shell',
      'core runs without Electron and without the page.',
      { path: '^core/' },
      { path: ['^(electron|renderer)/', 'node_modules/(electron|react|react-dom)/'] },
    ),
    rule(
      'doors-apart',
      'Doors share core, never each other.',
      { path: '^(core/serve|core/cli|electron)/', pathNot: notTest },
      { path: '^renderer/' },
    ),
    rule(
      'electron-through-core',
      'Electron is thin: it reaches core through createCore, api and the contract.',
      { path: '^electron/', pathNot: notTest },
      { path: '^core/', pathNot: '^core/(createCore|contract/|api/|serve/|terminals/terminalChannel)' },
    ),
    rule(
      'renderer-through-contract',
      'The page knows core only by its contract, so that every door serves it.',
      { path: '^renderer/' },
      { path: ['^core/', '^electron/', '^e2e/'], pathNot: '^core/contract/' },
    ),
    rule(
      'features-apart',
      'A feature never reaches into another: share through ui, state, api or commands.',
      { path: '^renderer/features/([^/]+)/' },
      { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
    ),
    rule(
      'ui-is-below',
      'ui, api, state and commands do not know the features.',
      { path: '^renderer/(ui|api|state|commands|i18n)/' },
      { path: '^renderer/features/' },
    ),
    rule(
      'e2e-outside',
      'End-to-end tests use what a user uses, and the contract types.',
      { path: '^e2e/' },
      { path: ['^(renderer|electron)/', '^core/'], pathNot: ['^core/contract/', '^electron/standIn'] },
    ),
    rule(
      'no-orphan-test-import',
      'Product code never imports a test.',
      { pathNot: notTest },
      { path: notTest },
    ),
    rule(
      'resolvable',
      'An import that resolves to nothing is a mistake.',
      {},
      { couldNotResolve: true, pathNot: '^electron$' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|__recorded__' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'],
    },
  },
};
