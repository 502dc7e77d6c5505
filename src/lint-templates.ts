import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';
import { loadManifestsDirectory } from './config.ts';
import { platformSchema } from './domain/platform.ts';
import { type LintProblem, lintTemplate } from './kubernetes/lint-template.ts';
import { readTemplate } from './kubernetes/template-files.ts';
import { foldersIn } from './kubernetes/templates.ts';

/** `npm run lint:templates`: prints `file:line: severity: problem`; exit code 1 when a template cannot be used. */
const manifests = loadManifestsDirectory();
const platform = platformSchema.parse(parse(readFileSync(join(manifests, 'platform.yaml'), 'utf8')));
const names = foldersIn(join(manifests, 'templates'));
const problems = names.flatMap((name) => lintFolder(join(manifests, 'templates', name), name));

for (const { file, line, severity, problem } of problems) {
  process.stdout.write(`${file}${line === undefined ? '' : `:${line}`}: ${severity}: ${problem}\n`);
}
const errors = problems.filter(({ severity }) => severity === 'error').length;
const counts = [
  counted(names.length, 'template'),
  counted(errors, 'error'),
  counted(problems.length - errors, 'warning'),
];
process.stdout.write(`${counts.join(', ')}\n`);
process.exitCode = errors > 0 ? 1 : 0;

function lintFolder(folder: string, name: string): LintProblem[] {
  const read = readTemplate(folder, name);
  const found: LintProblem[] = read.ok
    ? lintTemplate(read.template, platform)
    : read.problems.map((problem) => ({ ...problem, severity: 'error' }));
  return found.map((problem) => ({ ...problem, file: relative('.', join(folder, problem.file)) }));
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
