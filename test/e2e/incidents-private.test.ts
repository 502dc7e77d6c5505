import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { IncidentState } from '../../src/domain/incidents.ts';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { openPurser } from '../support/purser.ts';
import { atWork } from './acts.ts';
import {
  alert,
  declare,
  figures,
  inc,
  numberIn,
  postsOf,
  roomOf,
  toldIn,
  untilIncident,
  untilUsable,
} from './incident-acts.ts';

/** Words that nobody else may be told; what leaves without being asked for is searched in `incidents-leaks`. */
const CANARY = /canary/i;
/** Nobody of an incident, and no administrator. */
const OUTSIDER = 'U0NOOR';

const purser = await atWork(
  openPurser({
    incidents({ routes }) {
      routes.unshift({
        id: 'secret',
        when: { severity: 'secret' },
        severity: 'sev2',
        groupBy: ['alertname'],
        title: '{alertname}: {annotation:summary}',
        private: true,
      });
    },
  }),
);

describe('a private incident', { timeout: 300_000 }, () => {
  let state: IncidentState;
  let number: number;

  before(async () => {
    number = await declare(purser, 'sev2 canary keys leaked private summary="the canary sings"');
    state = await untilUsable(purser, number);
    const { channel } = roomOf(state);
    await inc(purser, 'claim lead', { channel });
    await inc(purser, 'update the canary is being caught impact="canary seed is gone"', { channel });
    await inc(purser, 'severity sev1 two canaries', { channel });
    await inc(purser, 'task feed the canary', { channel });
    await inc(purser, 'note the canary was seen', { channel });
    await inc(purser, 'status monitoring the canary sleeps', { channel });
    await eventually(() => toldIn(purser, state).some((text) => text.includes('the canary sleeps')));
  });

  test('its people have it all: a private room, with everything in it', async () => {
    const room = purser.slack.workspace.channels.get(roomOf(state).channel);

    assert.equal(room?.isPrivate, true);
    assert.match(room?.name ?? '', /^priv-inc-\d+-canary-keys-leaked$/);
    assert.deepEqual([...(room?.members ?? [])].sort(), ['U0KIM', 'U0LEE', 'U0PURSER']);
    assert.match(await inc(purser, 'list'), /canary keys leaked/);
  });

  test('others read nothing of it, whatever they ask', async () => {
    const other = await untilUsable(purser, await declare(purser, 'sev3 mine', { user: OUTSIDER }));
    const { channel } = roomOf(other);
    const asked = ['list', 'list all', 'list all sev1', 'list mine', 'update what is going on'];
    const about = ['show', 'timeline', 'tasks', 'catchup', 'escalations', 'export', 'export json', 'review'];
    const acts = ['update hello', 'join', 'ack', 'claim lead', 'note me too', 'resolve cause="a" fix="b"'];

    for (const text of asked) assert.doesNotMatch(await inc(purser, text, { user: OUTSIDER }), CANARY, text);
    assert.doesNotMatch(await figures(purser, OUTSIDER), CANARY);
    for (const text of [...about, ...acts]) {
      const said = await inc(purser, `${number} ${text}`, { user: OUTSIDER });
      assert.match(said, new RegExp(`There is no incident #${number}\\.`), text);
    }
    for (const text of [`link ${number}`, `merge into ${number}`]) {
      assert.doesNotMatch(await inc(purser, text, { user: OUTSIDER, channel }), /canary|private/i, text);
    }
    await purser.slack.openHome(OUTSIDER);
    const home = await purser.slack.until(() => purser.slack.homeOf(OUTSIDER));
    assert.match(readable(home), /mine/);
    assert.doesNotMatch(readable(home), CANARY);
    const { links, status } = await purser.incident(other.number);
    assert.deepEqual([links.related, links.mergedInto, status], [[], undefined, 'declared']);
    assert.deepEqual((await purser.incident(number)).links.related, []);
  });

  test('an alert can be private as well', async () => {
    const { incidents } = await alert(purser, {
      alertname: 'CanaryGone',
      severity: 'secret',
      annotations: { summary: 'the canary flew away' },
    });
    const secret = await untilUsable(purser, incidents[0] ?? 0);
    await untilIncident(purser, secret.number, ({ alerts }) => alerts?.firing === 1);

    assert.equal(secret.private, true);
    assert.equal(purser.slack.workspace.channels.get(roomOf(secret).channel)?.isPrivate, true);
    assert.equal(postsOf(purser, secret, 'announcement:').length, 0);
  });

  test('whoever is brought in is in, and only then', async () => {
    const { channel } = roomOf(state);
    await inc(purser, 'role scribe @noor', { channel });
    await untilIncident(purser, number, ({ roles }) => roles.some(({ person }) => person === 'noor'));
    const room = purser.slack.workspace.channels.get(channel);
    await eventually(() => room?.members.includes(OUTSIDER));

    assert.match(await inc(purser, `show ${number}`, { user: OUTSIDER }), /canary keys leaked/);
    assert.equal(numberIn(await inc(purser, 'sev3 still works', { user: OUTSIDER })) > number, true);
  });
});
