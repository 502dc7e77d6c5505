import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { named } from '../../src/domain/ids.ts';
import { incidentJson, incidentMarkdown } from '../../src/domain/incident-export.ts';
import type { Escalation, IncidentState } from '../../src/domain/incidents.ts';
import { inline } from '../../src/domain/markdown.ts';
import { sampleDirectory } from '../support/environment-samples.ts';
import { hostileText } from '../support/hostile-text.ts';
import { sampleEntry, sampleIncident, sampleTimeline } from '../support/incident-records.ts';
import { markdownShape } from '../support/markdown-shape.ts';

const directory = sampleDirectory();

test('an incident as Markdown reads as it was agreed', () => {
  const markdown = incidentMarkdown(sampleIncident(), sampleTimeline(), directory);

  assert.equal(markdown, fixture('export.md'));
});

test('nothing people type is structure in the Markdown', () => {
  const expected = markdownShape(incidentMarkdown(typed('x'), typedTimeline('x'), directory));

  fc.assert(
    fc.property(
      hostileText().filter((text) => inline(text) !== ''),
      (text) => {
        const markdown = incidentMarkdown(typed(text), typedTimeline(text), directory);

        assert.equal(markdownShape(markdown), expected);
      },
    ),
    { numRuns: 500 },
  );
});

test('nothing people leave empty breaks the Markdown', () => {
  const markdown = incidentMarkdown(typed(''), typedTimeline(''), directory);

  assert.match(markdownShape(markdown), /^heading list/);
  assert.doesNotMatch(markdown, /undefined|~~~~/);
});

test('who was paged, who was not reached and who answered is in the Markdown', () => {
  const markdown = incidentMarkdown(sampleIncident({ escalations: [escalation()] }), [], directory);

  const [, paged = ''] = markdown.split('## Paged\n\n');
  assert.deepEqual(paged.split('\n').slice(0, 3), [
    '- 2026-04-01 09:02 UTC: Noor Sample, who could not be reached',
    '- 2026-04-01 09:04 UTC: Lee Sample',
    '- 2026-04-01 09:05 UTC: Lee Sample acknowledged Primary',
  ]);
});

test('what is linked, and what it was if it was none, is in the Markdown', () => {
  const state = sampleIncident({
    cancelled: { by: 'kim', reason: 'a false alarm' },
    drill: true,
    links: { related: [1], parent: 2, children: [3], mergedInto: 4, merged: [5] },
  });

  const markdown = incidentMarkdown(state, [], directory);

  assert.match(markdown, /^- Was none: a false alarm$/m);
  assert.match(markdown, /^- Drill: yes, an exercise$/m);
  assert.match(markdown, /^- Linked with: 1, parent 2, child 3, merged into 4, merged: 5$/m);
});

test('the JSON holds the incident and its timeline, in a documented version', () => {
  const state = sampleIncident({ escalations: [escalation()] });

  const exported = JSON.parse(incidentJson(state, sampleTimeline(), directory));

  const { timeline, tasks, times, pages, acknowledgements, people, roles, updates, ...rest } = exported;
  assert.deepEqual([timeline, tasks, times], [sampleTimeline(), state.tasks, state.times]);
  assert.deepEqual(
    pages.map(({ person }: { person: string }) => person),
    ['noor', 'lee'],
  );
  assert.deepEqual(acknowledgements, [{ escalation: 'Primary', by: 'lee', at: '2026-04-01T09:05:00.000Z' }]);
  assert.deepEqual(people, { kim: 'Kim Sample', lee: 'Lee Sample', noor: 'Noor Sample' });
  assert.deepEqual(roles, [{ role: 'lead', person: 'lee', since: '2026-04-01T09:06:00.000Z' }]);
  assert.deepEqual(updates, { kept: 3, missed: 0, last: state.update.last });
  assert.deepEqual(rest, {
    format: 'purser/incident',
    version: 1,
    number: 142,
    title: 'Checkout is down',
    summary: 'Customers cannot pay.\nCards are refused with a 502.',
    severity: 'sev1',
    service: 'checkout',
    status: 'resolved',
    private: false,
    drill: false,
    declaredBy: 'kim',
    members: ['kim', 'lee', 'noor'],
    alerts: { firing: 0, total: 14, names: ['CheckoutErrors'] },
    links: state.links,
    resolution: state.resolution,
  });
});

test('the JSON holds what people typed byte for byte', () => {
  const text = '"},{"number":1,"\u2028\n\\u0000';

  const exported = JSON.parse(incidentJson(typed(text), typedTimeline(text), directory));

  assert.equal(exported.title, text);
  assert.equal(exported.timeline[0].text, text);
});

function typed(text: string): IncidentState {
  const state = sampleIncident();
  return {
    ...state,
    title: text,
    summary: text,
    cancelled: { by: text, reason: text },
    alerts: { firing: 0, total: 1, repeats: 1, names: [text], matchers: [] },
    members: [text],
    tasks: state.tasks.map((task) => ({ ...task, text, owner: text })),
    resolution: { cause: text, fix: text, by: text, at: state.times.declaredAt },
    escalations: [{ ...escalation(), title: text }],
  };
}

function typedTimeline(text: string) {
  return [
    sampleEntry({ key: '1', text, by: text }),
    sampleEntry({ key: '2', text, by: text, struck: true }),
    sampleEntry({ key: '3', text, by: text, link: `https://chat.example.test/${text.toWellFormed()}` }),
    sampleEntry({ key: '4', text, by: text, link: 'javascript:alert(1)' }),
  ];
}

function escalation(): Escalation {
  const page = { level: 0, round: 0, reached: true };
  return {
    id: 'path',
    title: 'Primary',
    message: '',
    startedBy: 'purser',
    startedAt: '2026-04-01T09:02:00.000Z',
    levels: [],
    loops: 2,
    fallback: [],
    pages: [
      { ...page, key: 'path:0:lee', person: 'lee', at: '2026-04-01T09:04:00.000Z', level: 1 },
      { ...page, key: 'path:0:noor', person: 'noor', at: '2026-04-01T09:02:00.000Z', reached: false },
    ],
    acknowledged: { by: 'lee', at: '2026-04-01T09:05:00.000Z' },
    exhausted: false,
  };
}

function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/incidents/${name}`, import.meta.url), 'utf8');
}

test('lines of the timeline name people, and a hostile name is text', () => {
  const hostile = {
    ...directory,
    people: directory.people.map((person) =>
      person.id === 'kim' ? { ...person, name: '[*Kim*](https://evil.test) <!channel>' } : person,
    ),
  };
  const timeline = [sampleEntry({ kind: 'role', by: 'purser', text: `Lead: ${named('kim')}` })];

  const markdown = incidentMarkdown(sampleIncident(), timeline, hostile);
  const json = JSON.parse(incidentJson(sampleIncident(), timeline, hostile));

  assert.match(markdown, /: Lead: \\\[\\\*Kim\\\*\\\]\(https\\?:/);
  assert.match(json.timeline[0].text, /^Lead: \[\*Kim/);
});
