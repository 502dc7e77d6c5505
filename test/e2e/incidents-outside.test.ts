import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { openListener } from '../outside/listener.ts';
import { eventually } from '../support/eventually.ts';
import { openPurser } from '../support/purser.ts';
import { answered, atWork } from './acts.ts';
import { declareUsable, headerOf, inc, labelsOf, press, untilIncident, untilShown } from './incident-acts.ts';

const DAY_MS = 86_400_000;
/** An attempt goes on for a minute by itself. */
const LONG_MS = 150_000;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const outside = await openListener();
const purser = await atWork(
  openPurser({
    incidents(config) {
      config.webhooks = [{ id: 'status', kind: 'generic', url: outside.url, severities: [] }];
      // Not tomorrow, at which the test may have arrived when it looks.
      const free = DAYS[new Date(Date.now() + 2 * DAY_MS).getUTCDay()];
      const hours = { from: '00:00', to: '24:00', days: DAYS.filter((day) => day !== free) };
      const rotation = { people: ['kim'], starts: '2026-01-05T09:00', every: '1w' };
      config.schedules.push(
        { id: 'gappy', title: 'Gappy', timeZone: 'UTC', rotations: [{ ...rotation, hours }], overrides: [] },
        {
          ...{ id: 'empty', title: 'Empty', timeZone: 'UTC', overrides: [] },
          rotations: [{ ...rotation, starts: '2999-01-07T09:00' }],
        },
      );
    },
  }),
);

interface Told {
  key: string;
  event: string;
}

describe('an incident and what is outside of it', { timeout: 400_000 }, () => {
  after(() => outside.close());

  const toldOf = (requestId: string): Told[] =>
    outside.heard.map(({ body }) => JSON.parse(body) as Told).filter(({ key }) => key.startsWith(requestId));

  test('who is on call, and when nobody is, now and within a week', async () => {
    const all = await inc(purser, 'oncall');
    const one = await inc(purser, 'oncall gappy');
    const other = await inc(purser, 'oncall gapy');

    assert.match(all, /Shop on call, now[\s\S]*<@U0LEE>/);
    assert.match(all, /Empty: nobody is on call now/);
    assert.match(one, /Gappy, now[\s\S]*<@U0KIM>/);
    assert.equal(one.match(/Gappy: nobody is on call/g)?.length, 1);
    assert.doesNotMatch(one, /Shop on call/);
    assert.match(other, /Did you mean \/incident oncall gappy\?/);
  });

  test('a webhook that does not answer is on the card, and is told everything once and in order when it does', async () => {
    const quiet = outside.heard.length;
    outside.answer(...Array.from({ length: 8 }, () => ({ status: 503 })));
    const { state, number, channel } = await declareUsable(purser, 'sev3 the status page is gone');
    await inc(purser, 'update we are looking', { channel });
    const card = () => headerOf(purser, state);
    const failed = await untilIncident(
      purser,
      number,
      ({ webhooks }) => webhooks.some(({ ok }) => !ok),
      LONG_MS,
    );
    const meanwhile = await inc(purser, 'escalations', { channel });
    await untilIncident(
      purser,
      number,
      ({ webhooks }) => webhooks.some(({ ok, event }) => ok && event === 'update'),
      LONG_MS,
    );
    const shown = await inc(purser, 'escalations', { channel });
    await untilShown(card, /we are looking/);
    await eventually(() => !/Webhook status/.test(JSON.stringify(card().blocks)));

    assert.match(`${failed.webhooks[0]?.note}`, /503.*It is tried again/);
    assert.match(meanwhile, /Webhook status/);
    assert.match(shown, /✅[\s\S]*Webhook status \(update\)[\s\S]*taken \(202\)/);
    const told = toldOf(state.requestId);
    assert.equal(outside.heard.length - quiet, told.length);
    assert.deepEqual(
      told.map(({ event }) => event),
      [...Array.from({ length: 9 }, () => 'trigger'), 'update'],
    );
    assert.equal(new Set(told.map(({ key }) => key)).size, 2);
  });

  test('one that refuses is on the card with Retry, which is all it takes once it is mended', async () => {
    outside.answer({ status: 400 });
    const { state, number } = await declareUsable(purser, 'sev3 the status page is locked');
    const card = () => headerOf(purser, state);
    await untilShown(card, /❌ +Webhook status: .*400/);
    await untilShown(() => labelsOf(card()).join(), /Retry/);

    await answered(purser, 'U0LEE', () => press(purser, 'U0LEE', card(), 'Retry'));

    await untilIncident(purser, number, ({ webhooks }) => webhooks.every(({ ok }) => ok));
    await eventually(() => !/Webhook status/.test(JSON.stringify(card().blocks)));
    assert.deepEqual(
      toldOf(state.requestId).map(({ event }) => event),
      ['trigger', 'trigger'],
    );
  });
});
