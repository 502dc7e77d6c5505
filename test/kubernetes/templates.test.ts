import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { mentionsGenerate } from '../../src/kubernetes/placeholders.ts';
import { createTemplateCatalog } from '../../src/kubernetes/templates.ts';
import { KIM, samplePlan, samplePlatform, TEMPLATES } from './samples.ts';

const platform = samplePlatform();
const folders: string[] = [];

function ownTemplates(): string {
  const dir = mkdtempSync(join(tmpdir(), 'purser-templates-'));
  folders.push(dir);
  cpSync(TEMPLATES, dir, { recursive: true });
  return dir;
}

describe('the catalogue of templates', () => {
  afterEach(() => {
    for (const dir of folders.splice(0)) rmSync(dir, { recursive: true });
  });

  test('ships two templates and nothing to complain about', () => {
    const catalog = createTemplateCatalog({ dir: TEMPLATES, platform: () => platform });

    assert.deepEqual(
      catalog.list().map(({ name }) => name),
      ['dev', 'preview'],
    );
    assert.deepEqual(catalog.problems(), []);
    assert.equal(catalog.get('dev')?.lifecycle.ttlMs, 7 * 24 * 3_600_000);
    assert.equal(catalog.get('nope'), undefined);
  });

  test('sees a change, a new file and a new folder without a restart', () => {
    const dir = ownTemplates();
    const catalog = createTemplateCatalog({ dir, platform: () => platform });
    const plan = () => catalog.plan({ template: 'dev', values: { name: 'abc' }, requester: KIM });
    const before = plan();

    unlinkSync(join(dir, 'dev', '40-runner.yaml'));
    cpSync(join(dir, 'preview'), join(dir, 'other'), { recursive: true });

    const after = plan();
    assert.ok(before.ok && after.ok);
    assert.equal(after.plan.steps.length, before.plan.steps.length - 1);
    assert.notEqual(after.plan.template.digest, before.plan.template.digest);
    assert.match(catalog.problems()[0]?.problem ?? '', /metadata.name: must be the folder's name, other/);
  });

  test('sees another ingress domain, and a registry that is no longer allowed, without a restart', () => {
    let now = platform;
    const catalog = createTemplateCatalog({ dir: TEMPLATES, platform: () => now });
    const plan = () => catalog.plan({ template: 'dev', values: { name: 'abc' }, requester: KIM });
    const before = plan();

    now = { ...platform, cluster: { ...platform.cluster, ingressDomain: 'moved.example.com' } };
    const moved = plan();
    now = { ...platform, cluster: { ...platform.cluster, registries: ['registry.example.com/'] } };
    const refused = plan();

    assert.ok(before.ok && moved.ok);
    assert.deepEqual(moved.plan.outputs[0], { key: 'APP_URL', value: 'https://abc.moved.example.com' });
    assert.notDeepEqual(before.plan.outputs[0], moved.plan.outputs[0]);
    assert.match((!refused.ok && refused.errors.template) || '', /broken and cannot be used/);
    assert.ok(catalog.problems().some(({ problem }) => /registr/.test(problem)));
  });

  test('refuses a broken template by name, with its place, while the others work, until it is mended', () => {
    const dir = ownTemplates();
    const catalog = createTemplateCatalog({ dir, platform: () => platform });
    writeFileSync(join(dir, 'dev', '60-broken.yaml'), 'apiVersion: v1\nkind: ConfigMap\nkind: Secret\n');

    const broken = catalog.plan({ template: 'dev', values: { name: 'abc' }, requester: KIM });

    assert.deepEqual(
      catalog.list().map(({ name }) => name),
      ['preview'],
    );
    assert.equal(catalog.problems()[0]?.template, 'dev');
    assert.match(catalog.problems()[0]?.problem ?? '', /^60-broken\.yaml:3: /);
    assert.ok(!broken.ok);
    assert.match(broken.errors.template ?? '', /^The template “dev” is broken .*60-broken\.yaml:3/);

    unlinkSync(join(dir, 'dev', '60-broken.yaml'));

    assert.ok(catalog.plan({ template: 'dev', values: { name: 'abc' }, requester: KIM }).ok);
  });

  test('names the templates there are when one is not', () => {
    const catalog = createTemplateCatalog({ dir: TEMPLATES, platform: () => platform });

    const result = catalog.plan({ template: 'prod', values: {}, requester: KIM });

    assert.deepEqual(result, {
      ok: false,
      errors: { template: 'There is no template “prod”. There are: dev, preview.' },
    });
  });

  test('knows no template by a name that no folder may have', () => {
    const catalog = createTemplateCatalog({ dir: TEMPLATES, platform: () => platform });

    const found = ['x'.repeat(3_001), '../templates/dev', 'dev/../dev', '', '.', 'dev\0'].map(catalog.get);

    assert.deepEqual(found, Array(6).fill(undefined));
  });

  test('gives the same request the same digest, and another request another', () => {
    const digest = (values: Record<string, string>) => {
      const result = createTemplateCatalog({ dir: TEMPLATES, platform: () => platform }).plan({
        template: 'dev',
        values,
        requester: KIM,
      });
      return result.ok ? result.digest : undefined;
    };

    assert.match(digest({ name: 'abc' }) ?? '', /^[0-9a-f]{64}$/);
    assert.equal(digest({ name: 'abc', size: 's' }), digest({ name: 'abc' }));
    assert.notEqual(digest({ name: 'abc', size: 'm' }), digest({ name: 'abc' }));
    assert.notEqual(digest({ name: 'abd' }), digest({ name: 'abc' }));
  });

  test('refuses an image from elsewhere at the parameter that names it', () => {
    const catalog = createTemplateCatalog({ dir: TEMPLATES, platform: () => platform });
    const plan = (image: string) =>
      catalog.plan({ template: 'preview', values: { name: 'abc', image }, requester: KIM });

    for (const image of [
      'evil.test/x:1',
      'docker.io/libraryevil/x:1',
      'someone/x:1',
      'registry.k8s.io.evil.test/x:1',
    ]) {
      assert.deepEqual(plan(image), {
        ok: false,
        errors: { image: 'Images come from docker.io/library or registry.k8s.io.' },
      });
    }
    for (const image of ['httpd:2.4', 'docker.io/library/httpd:2.4', 'registry.k8s.io/pause:3.10']) {
      assert.ok(plan(image).ok, image);
    }
  });

  test('plans at most seven steps, space first and the connection info last', () => {
    const plan = samplePlan('dev', { name: 'abc' });

    assert.deepEqual(
      plan.steps.map(({ title }) => title),
      [
        'Space with its limits',
        'Access for team Shop',
        'Postgres 17',
        'Artifact registry',
        'Task runner',
        'Website',
        'Connection info',
      ],
    );
  });

  test('leaves Postgres out, with its outputs, when it is not wanted', () => {
    const plan = samplePlan('dev', { name: 'abc', postgres: 'no' });

    assert.ok(!plan.steps.some(({ id }) => id === 'postgres-17'));
    assert.ok(!JSON.stringify(plan).includes('DATABASE_URL'));
  });

  test('holds no secret value, and no annotation that was meant for Purser', () => {
    const plan = samplePlan('dev', { name: 'abc' });
    const objects = plan.steps.flatMap((step) => step.objects);

    const generated = objects.filter(mentionsGenerate);

    assert.deepEqual(
      generated.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ['Secret postgres', 'Secret artifacts'],
    );
    assert.doesNotMatch(JSON.stringify(plan), /purser\/(step|when|wave)/);
  });
});
