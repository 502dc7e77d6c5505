import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPlatformFile } from '../../src/directory/platform-file.ts';
import type { JsonPrimitive } from '../../src/domain/json.ts';
import { createTemplateCatalog } from '../../src/kubernetes/templates.ts';
import { actorOf, command, createTestContext, form } from '../support/commands-context.ts';
import { asForm } from '../support/replies.ts';

const platform = await createPlatformFile('manifests')();
const catalog = createTemplateCatalog({ dir: 'manifests/templates', platform: () => platform });
const GOOD: Record<string, JsonPrimitive> = {
  name: 'pr-42',
  team: 'shop',
  image: 'docker.io/library/httpd:2.4',
};
const HOSTILE = [
  'a: {b: [c]}\n---\nkind: ClusterRoleBinding',
  '<!channel> <@U0RAVI> <https://evil.example|click>',
  '*bold* `code` _it_ ~gone~',
  'x'.repeat(3_001),
  '\u202eelppa\u202c\u2066\u200b',
  `\${{ generate.password }} \${{ cluster.name }}`,
  '../../etc/passwd',
  '\u0000',
  '-1',
];

test('every shipped template works', () => {
  assert.deepEqual(catalog.problems(), []);
  assert.deepEqual(
    catalog.list().map(({ name }) => name),
    ['dev', 'preview'],
  );
});

for (const template of catalog.list()) {
  test(`${template.name}: the form has a field for each parameter, and what fills it in is requested`, async () => {
    const { dispatch, done, plans } = createTestContext({ catalog });

    const opened = asForm(await dispatch(command(actorOf('kim'), `create ${template.name}`)));
    const values = Object.fromEntries(
      opened.fields.map(({ name }) => [name, GOOD[name] ?? opened.values[name]]),
    );
    const redrawn = asForm(
      await dispatch(
        form(actorOf('kim'), 'environment.create', plain(values), {
          phase: 'change',
          context: opened.context,
        }),
      ),
    );
    await dispatch(form(actorOf('kim'), 'environment.create', plain(values), { context: opened.context }));

    assert.deepEqual(
      opened.fields.map(({ name }) => name),
      ['template', ...Object.keys(template.parameters.properties)],
    );
    assert.deepEqual(
      redrawn.notes.map(({ label }) => label),
      ['Approval', 'Lives for', 'Places left', 'Will be created'],
    );
    assert.equal(done.length, 1);
    assert.equal(plans.size, 1);
  });

  test(`${template.name}: hostile text in any field is an error at that field and starts nothing`, async () => {
    const fields = ['template', ...Object.keys(template.parameters.properties)];

    for (const field of fields) {
      for (const hostile of HOSTILE) {
        const { dispatch, done, plans } = createTestContext({ catalog });
        const values = { ...known(fields), template: template.name, [field]: hostile };

        const reply = await dispatch(form(actorOf('kim'), 'environment.create', values));

        assert.equal(reply?.kind, 'form-errors', `${field}: ${hostile.slice(0, 30)}`);
        assert.deepEqual(reply?.kind === 'form-errors' && Object.keys(reply.errors), [field]);
        assert.deepEqual([done.length, plans.size], [0, 0]);
      }
    }
  });
}

function known(fields: string[]): Record<string, string | number | boolean> {
  return plain(Object.fromEntries(fields.map((field) => [field, GOOD[field]])));
}

function plain(values: Record<string, unknown>): Record<string, string | number | boolean> {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as Record<string, string | number | boolean>;
}
