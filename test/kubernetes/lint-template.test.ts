import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type LintProblem, lintTemplate } from '../../src/kubernetes/lint-template.ts';
import { readTemplate } from '../../src/kubernetes/template-files.ts';
import { LINT_CASES, ref } from './lint-cases.ts';
import { samplePlatform, TEMPLATES } from './samples.ts';

const platform = samplePlatform();
const scratch = mkdtempSync(join(tmpdir(), 'purser-lint-'));
let copies = 0;

/** A template with some text of one file replaced. */
function changed(template: string, file: string, from: string, to: string): string {
  copies += 1;
  const folder = join(scratch, String(copies), template);
  cpSync(join(TEMPLATES, template), folder, { recursive: true });
  const content = readFileSync(join(folder, file), 'utf8');
  assert.ok(content.includes(from), `${file} has no ${from}`);
  writeFileSync(join(folder, file), content.replace(from, to));
  return folder;
}

function lint(folder: string, name: string): LintProblem[] {
  const read = readTemplate(folder, name);
  if (!read.ok) return read.problems.map((problem) => ({ ...problem, severity: 'error' }));
  return lintTemplate(read.template, platform);
}

describe('the template linter', () => {
  after(() => rmSync(scratch, { recursive: true }));

  for (const { title, file, from, to, problem, severity = 'error', template = 'dev' } of LINT_CASES) {
    test(`finds ${title}`, () => {
      const folder = changed(template, file, from, to);

      const found = lint(folder, template);

      const match = found.find((one) => problem.test(one.problem));
      assert.ok(match, `found only ${JSON.stringify(found)}`);
      assert.equal(match.severity, severity);
    });
  }

  test('points at the line', () => {
    const folder = changed(
      'dev',
      '50-website.yaml',
      'automountServiceAccountToken: false',
      `nodeName: '${ref('a.b')}'`,
    );
    const written = readFileSync(join(folder, '50-website.yaml'), 'utf8').split('\n');

    const [problem] = lint(folder, 'dev');

    assert.equal(problem?.file, '50-website.yaml');
    assert.match(written[(problem?.line ?? 0) - 1] ?? '', /nodeName/);
  });

  test('is a command that fails with file and line', async () => {
    const manifests = join(scratch, 'manifests');
    mkdirSync(manifests);
    cpSync('manifests/platform.yaml', join(manifests, 'platform.yaml'));
    cpSync(
      changed('dev', '50-website.yaml', 'targetPort: http', 'targetPort: web'),
      join(manifests, 'templates', 'dev'),
      {
        recursive: true,
      },
    );
    const run = (folder: string) =>
      promisify(execFile)(process.execPath, ['src/lint-templates.ts'], {
        env: { ...process.env, PURSER_MANIFESTS: folder },
      });

    const failed = await run(manifests).catch((error: { code: number; stdout: string }) => error);
    const passed = await run('manifests');

    assert.equal('code' in failed && failed.code, 1);
    assert.match(
      failed.stdout,
      /templates\/dev\/50-website\.yaml:23: error: Service app leads to the port web.*\n1 template, 1 error, 0 warnings\n/,
    );
    assert.equal(passed.stdout, '2 templates, 0 errors, 0 warnings\n');
  });
});
