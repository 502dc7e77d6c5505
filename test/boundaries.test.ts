import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

/** What a folder may take values from, and types; `[own path or package prefix, …]`. Types are also what values are. */
interface Rule {
  files: string;
  values: string[];
  types?: string[];
}

const OURS = ['src/', 'workflows/', 'activities/'];
const RULES: Rule[] = [
  { files: 'src/domain/{ids,errors}.ts', values: [] },
  { files: 'src/domain/**/*.ts', values: ['src/domain/', 'zod', 'ms', 'luxon', 'any-ascii'] },
  {
    files: 'src/commands/**/*.ts',
    values: ['src/commands/', 'src/domain/', 'zod', 'ms', 'fastest-levenshtein'],
    types: [
      'src/chat/adapter.ts',
      'src/temporal/launchers.ts',
      'src/temporal/incident-launchers.ts',
      'src/temporal/departure-launchers.ts',
      'src/temporal/grant-launchers.ts',
      'src/temporal/people-launchers.ts',
      'src/temporal/quota-launchers.ts',
      'pino',
    ],
  },
  {
    files: 'src/directory/**/*.ts',
    values: [
      'src/directory/',
      'src/domain/',
      'src/kubernetes/',
      'node:',
      'yaml',
      'zod',
      '@keycloak/keycloak-admin-client',
      '@octokit/request',
      '@octokit/request-error',
      '@okta/okta-sdk-nodejs',
      'ldapts',
    ],
  },
  {
    files: 'src/charts/**/*.ts',
    values: ['src/charts/', 'src/domain/', 'node:', 'echarts', '@resvg/resvg-js', 'any-ascii'],
  },
  {
    files: 'src/api/**/*.ts',
    values: [
      'src/api/',
      'src/domain/',
      'src/commands/context.ts',
      'src/chat/deliveries.ts',
      'src/chat/incident-wording.ts',
      'src/chat/text.ts',
      'src/chat/wording.ts',
      'src/webhooks/endpoint.ts',
      'node:',
      'zod',
    ],
    types: ['src/operations/logger.ts'],
  },
  {
    files: 'src/outside/**/*.ts',
    values: ['src/outside/', 'src/domain/', 'node:', 'zod', '@octokit/request', '@octokit/request-error'],
  },
  {
    files: 'workflows/**/*.ts',
    values: ['workflows/', '@temporalio/workflow', 'src/domain/ids.ts', 'src/domain/errors.ts'],
    types: ['src/', 'activities/', '@temporalio/'],
  },
];

/** What a folder may not take, not even types of. */
const FORBIDDEN: { files: string; imports: string[] }[] = [
  {
    files: 'src/chat/**/*.ts',
    imports: ['src/temporal/', 'src/kubernetes/', '@temporalio/', '@kubernetes/'],
  },
  { files: 'src/chat/**/*.ts', imports: ['src/commands/', 'src/store/', 'workflows/', 'activities/'] },
  { files: 'src/chat/slack/**/*.ts', imports: ['src/chat/teams/'] },
  { files: 'src/chat/teams/**/*.ts', imports: ['src/chat/slack/'] },
  { files: 'activities/**/*.ts', imports: ['workflows/', '@slack/', 'botbuilder', '@microsoft/'] },
  {
    files: 'src/{kubernetes,store}/**/*.ts',
    imports: ['src/chat/', 'src/commands/', 'src/temporal/', '@slack/'],
  },
  { files: 'src/{kubernetes,store}/**/*.ts', imports: ['workflows/', 'activities/', '@temporalio/'] },
  {
    files: '{src,workflows,activities}/**/*.ts',
    imports: ['src/main.ts', 'src/bot.ts', 'src/worker.ts', 'test/'],
  },
];

const CODE = '{src,workflows,activities}/**/*.ts';
const MAX_LINES = 350;

test('imports go one way', () => {
  const broken = RULES.flatMap(({ files, values, types = [] }) =>
    filesOf(files).flatMap((file) =>
      importsOf(file)
        .filter(({ from, typeOnly }) => !startsWithAny(from, typeOnly ? [...values, ...types] : values))
        .map(({ from, typeOnly }) => `${file} imports ${typeOnly ? 'types' : 'values'} from ${from}`),
    ),
  );

  assert.deepEqual([...new Set(broken)], []);
});

test('nothing reaches around the seam', () => {
  const broken = FORBIDDEN.flatMap(({ files, imports }) =>
    filesOf(files).flatMap((file) =>
      importsOf(file)
        .filter(({ from }) => startsWithAny(from, imports))
        .map(({ from }) => `${file} imports ${from}`),
    ),
  );

  assert.deepEqual(broken, []);
});

test('what Teams needs is loaded only where Teams is on', () => {
  const TEAMS = ['botbuilder', 'botframework-connector', '@microsoft/teams-ai', 'src/chat/teams/'];

  const broken = filesOf(CODE)
    .filter((file) => !file.startsWith('src/chat/teams/'))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ from, typeOnly, dynamic }) => !typeOnly && !dynamic && startsWithAny(from, TEAMS))
        .map(({ from }) => `${file} imports ${from}`),
    );

  assert.deepEqual(broken, []);
});

test('activities take what they work with by injection', () => {
  const broken = filesOf('activities/**/*.ts').flatMap((file) =>
    importsOf(file)
      .filter(({ from, typeOnly }) => !typeOnly && startsWithAny(from, OURS))
      .filter(({ from }) => !startsWithAny(from, ['activities/', 'src/domain/', 'src/chat/adapter.ts']))
      .map(({ from }) => `${file} imports ${from}`),
  );

  assert.deepEqual(broken, []);
});

test('every file is short enough to be read at once', () => {
  const long = filesOf('{src,workflows,activities,test,bench}/**/*.ts')
    .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > MAX_LINES);

  assert.deepEqual(long, []);
});

test('nothing is exported by default', () => {
  const broken = filesOf(CODE).filter((file) => /^export default\b/m.test(readFileSync(file, 'utf8')));

  assert.deepEqual(broken, []);
});

test('only config.ts reads the environment', () => {
  const broken = filesOf(CODE).filter(
    (file) => file !== 'src/config.ts' && /\bprocess\.env\b/.test(withoutComments(file)),
  );

  assert.deepEqual(broken, []);
});

test('tests read no variables of the product', () => {
  const broken = filesOf('test/**/*.ts').flatMap((file) =>
    [...withoutComments(file).matchAll(/\bprocess\.env\.(\w+)/g)]
      .filter(([, name]) => !/^(TEST_\w+|PATH|HOME|PURSER_HOME)$/.test(name ?? ''))
      .map(([read]) => `${file} reads ${read}`),
  );

  assert.deepEqual(broken, []);
});

test('what differs between platforms is a renderer or a method, never a branch', () => {
  const broken = filesOf(CODE)
    .filter((file) => !startsWithAny(file, ['src/chat/slack/', 'src/chat/teams/', 'src/local/']))
    .filter((file) => /\bplatform\s*[!=]==\s*'/.test(withoutComments(file)));

  // Identity is spelled once, where the ids of each platform are. `src/local` is a Slack, with nothing to abstract.
  assert.deepEqual(broken, ['src/domain/refs.ts']);
});

test('workflows use nothing of Node', () => {
  const broken = filesOf('workflows/**/*.ts').filter((file) =>
    /\b(setInterval|setImmediate|process|Buffer)\b[.(]/.test(withoutComments(file)),
  );

  assert.deepEqual(broken, []);
});

function filesOf(pattern: string): string[] {
  return globSync(pattern).sort();
}

/** Every import and re-export, ours as paths from the root. `import type` is erased; anything else is a value. */
function importsOf(file: string): { from: string; typeOnly: boolean; dynamic: boolean }[] {
  const source = withoutComments(file);
  const statements = source.matchAll(/^(?:import|export)\s+(type\s)?[^;'"]*?from\s*['"]([^'"]+)['"]/gm);
  const bare = source.matchAll(/^import\s*(type\s)?['"]([^'"]+)['"]/gm);
  const dynamic = source.matchAll(/\bimport\(\s*(type\s)?['"]([^'"]+)['"]/g);
  const found =
    (dynamic: boolean) =>
    ([, type, from = '']: RegExpMatchArray) => ({
      from: from.startsWith('.') ? normalize(join(dirname(file), from)) : from,
      typeOnly: type !== undefined,
      dynamic,
    });
  return [...[...statements, ...bare].map(found(false)), ...[...dynamic].map(found(true))];
}

function withoutComments(file: string): string {
  return readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');
}

function startsWithAny(path: string, prefixes: string[]): boolean {
  return prefixes.some(
    (prefix) =>
      path === prefix ||
      path.startsWith(prefix.endsWith('/') || prefix.endsWith(':') ? prefix : `${prefix}/`),
  );
}
