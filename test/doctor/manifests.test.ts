import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { checkManifests } from '../../src/doctor/manifests.ts';
import type { IncidentConfig } from '../../src/domain/incident-config.ts';
import type { PlatformConfig } from '../../src/domain/platform.ts';
import { editYaml } from '../support/purser.ts';

let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'purser-doctor-'));
});
after(() => rm(root, { recursive: true, force: true }));

test('the samples are right', async () => {
  const { findings, organisation } = await checkManifests('manifests');

  assert.deepEqual(findings, [{ state: 'good', what: 'the files in manifests are right' }]);
  assert.ok(organisation?.incidents);
});

test('what is wrong in a file is named once, with its place, and nothing more is made of the files', async () => {
  const manifests = await copy();
  await editYaml<PlatformConfig>(join(manifests, 'platform.yaml'), (platform) => {
    platform.organisation = '';
  });

  const { findings, organisation } = await checkManifests(manifests);

  assert.equal(findings.length, 1);
  assert.match(findings[0]?.what ?? '', /platform\.yaml: organisation: /);
  assert.equal(organisation, undefined);
});

test('incidents that do not fit together are named, and so is a template that is refused', async () => {
  const incidents = await copy();
  await editYaml<IncidentConfig>(join(incidents, 'incidents.yaml'), (config) => {
    config.defaults.severity = 'sev9';
  });
  const templates = await copy();
  await editYaml<{ metadata: object }>(join(templates, 'templates/preview/template.yaml'), (template) => {
    template.metadata = {};
  });

  const first = await checkManifests(incidents);
  const second = await checkManifests(templates);

  assert.match(first.findings[0]?.what ?? '', /incidents\.yaml: defaults\.severity: /);
  assert.match(second.findings[0]?.what ?? '', /^the template preview is refused: /);
  assert.ok(second.organisation);
});

async function copy(): Promise<string> {
  const directory = await mkdtemp(join(root, 'manifests-'));
  await cp('manifests', directory, { recursive: true });
  return directory;
}
