import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { named } from '../../src/domain/ids.ts';
import { reviewMarkdown, reviewView } from '../../src/domain/incident-review.ts';
import type { Escalation, IncidentState, PageRecord, TimelineEntry } from '../../src/domain/incidents.ts';
import { inline } from '../../src/domain/markdown.ts';
import { sampleDirectory } from '../support/environment-samples.ts';
import { hostileText } from '../support/hostile-text.ts';
import { sampleEntry, sampleIncident, sampleTimeline } from '../support/incident-records.ts';
import { markdownShape } from '../support/markdown-shape.ts';

const directory = sampleDirectory();

test('a review as Markdown reads as it was agreed', () => {
  const markdown = reviewMarkdown(sampleIncident(), sampleTimeline(), directory);

  assert.equal(markdown, readFileSync(new URL('../fixtures/incidents/review.md', import.meta.url), 'utf8'));
});

test('the card says the same as the file, and offers everything', () => {
  const view = reviewView(sampleIncident(), sampleTimeline(), directory);

  const markdown = reviewMarkdown(sampleIncident(), sampleTimeline(), directory);
  const lines = view.sections.flatMap((section) => [section.title, ...section.lines.map(inline)]);
  assert.deepEqual(
    lines.filter((line) => !markdown.includes(line)),
    [],
  );
  assert.deepEqual(view.actions, [
    { actionId: 'incident.export', label: 'Export everything', payload: { number: '142' } },
  ]);
});

test('nothing people type is structure in the file', () => {
  const text = hostileText().filter((typed) => inline(typed.split(/\r\n?|\n/)[0] ?? '') !== '');
  const expected = markdownShape(typedReview('x'));

  fc.assert(
    fc.property(text, (typed) => {
      const shape = markdownShape(typedReview(typed));

      // Texts of more lines are more items of the same lists.
      assert.equal(
        shape.replaceAll(/(?<=list_item)( list_item)+/g, ''),
        expected.replaceAll(/(?<=list_item)( list_item)+/g, ''),
      );
    }),
    { numRuns: 500 },
  );
});

test('what was taken back, and what does not tell how it went, is not in the timeline', () => {
  const entries = [
    sampleEntry({ key: 'a', text: 'kept' }),
    sampleEntry({ key: 'b', text: 'struck', struck: true }),
    ...(['role', 'task', 'alert', 'link', 'resource'] as const).map((kind) =>
      sampleEntry({ key: kind, kind, text: kind }),
    ),
  ];

  assert.deepEqual(linesIn('Timeline', sampleIncident(), entries), [
    '2026-04-01 09:02 UTC: kept (Kim Sample)',
  ]);
});

test('of a long timeline the beginning and the end are shown, and how much is missing', () => {
  const entries = Array.from({ length: 100 }, (_, index) =>
    sampleEntry({ key: `${index}`, text: `${index}` }),
  );

  const lines = linesIn('Timeline', sampleIncident(), entries);

  assert.equal(lines.length, 41);
  assert.match(lines[19] ?? '', / 19 /);
  assert.equal(lines[20], '… 60 more, all of them in the export …');
  assert.match(lines[40] ?? '', / 99 /);
});

test('updates that were missed and pages that nobody answered are not praised', () => {
  const state = sampleIncident({
    update: { stage: 'quiet', kept: 1, missed: 2 },
    escalations: [
      escalation([page('lee', 0), page('noor', 1)], { acknowledged: undefined, exhausted: true }),
    ],
    times: { ...sampleIncident().times, impactAt: undefined },
  });

  assert.deepEqual(linesIn('What went well', state), ['To be completed.']);
  assert.deepEqual(linesIn('What went less well', state), [
    '1 of 3 updates came in time.',
    'Acknowledged after 3 minutes, and 2 pages.',
    'Primary: everybody was paged, and nobody answered.',
    'To be completed.',
  ]);
});

test('an answer of those who were asked first is praised, however many they are', () => {
  const state = sampleIncident({ escalations: [escalation([page('lee', 0), page('noor', 0)])] });

  assert.deepEqual(linesIn('What went well', state), [
    '3 of 3 updates came in time.',
    'Acknowledged after 3 minutes.',
    'To be completed.',
  ]);
});

test('what nobody has said yet is asked for', () => {
  const { resolution: _, ...state } = sampleIncident({
    tasks: [],
    update: { stage: 'quiet', kept: 0, missed: 0 },
  });

  assert.deepEqual(linesIn('Impact', state), [
    'To be completed: who noticed what, and how many were concerned.',
    'Began 2026-04-01 08:52 UTC, over 2026-04-01 09:40 UTC: 48 minutes.',
  ]);
  assert.deepEqual(linesIn('Follow-ups', state), ['None yet. What would keep it from happening again?']);
  assert.equal(linesIn('What went well', state).includes('0 of 0 updates came in time.'), false);
});

function linesIn(title: string, state: IncidentState, timeline: TimelineEntry[] = []): string[] {
  const { sections } = reviewView(state, timeline, directory);
  return sections.find((section) => section.title === title)?.lines ?? [];
}

function typedReview(text: string): string {
  const state = sampleIncident();
  const typed = {
    ...state,
    title: text,
    summary: text,
    update: { ...state.update, last: { what: text, impact: text, by: text, at: state.times.declaredAt } },
    alerts: { firing: 0, total: 1, repeats: 1, names: [text], matchers: [] },
    tasks: state.tasks.map((task) => ({ ...task, text, owner: text })),
    resolution: { cause: text, fix: text, by: text, at: state.times.declaredAt },
    escalations: [escalation([], { title: text, acknowledged: undefined, exhausted: true })],
  };
  return reviewMarkdown(typed, [sampleEntry({ text, by: text })], directory);
}

function escalation(pages: PageRecord[], changes: Partial<Escalation> = {}): Escalation {
  return {
    id: 'path',
    title: 'Primary',
    message: '',
    startedBy: 'purser',
    startedAt: '2026-04-01T09:02:00.000Z',
    levels: [],
    loops: 2,
    fallback: [],
    pages,
    acknowledged: { by: 'lee', at: '2026-04-01T09:05:00.000Z' },
    exhausted: false,
    ...changes,
  };
}

function page(person: string, level: number): PageRecord {
  return { key: `path:0:${person}`, person, level, round: 0, at: '2026-04-01T09:03:00.000Z', reached: true };
}

test('its timeline names people', () => {
  const timeline = [sampleEntry({ kind: 'page', by: 'purser', text: `Paged level 1: ${named('lee')}` })];

  const { sections } = reviewView(sampleIncident(), timeline, sampleDirectory());

  const lines = sections.find(({ title }) => title === 'Timeline')?.lines;
  assert.deepEqual(lines, ['2026-04-01 09:02 UTC: Paged level 1: Lee Sample (Purser)']);
});
