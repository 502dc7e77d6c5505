import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { FIELD_ACTION } from '../../src/chat/slack/render/form.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { mriOf, personalChatOf } from '../support/fake-teams.ts';
import { startHarness as startSlack } from './slack/harness.ts';
import { KIM, SHOP, startHarness as startTeams } from './teams/harness.ts';

/**
 * Events as the platforms' documentation and clients have them, with everything we ignore, and ids that say `{what}`. What
 * our own fakes send says less than that, and might say it as we would like it.
 */
interface RecordedEvent {
  source: string;
  /** What reaches `dispatch`; `null` for what asks for nothing. */
  means: JsonObject | null;
}

const GROUP = '19:group@thread.v2';

function eventsOf<Shape>(platform: string, names: Record<string, string>): [string, RecordedEvent & Shape][] {
  const folder = new URL(`../fixtures/${platform}/events/`, import.meta.url);
  return readdirSync(folder).map((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const known = text.replace(/\{([a-z.]+)\}/gi, (whole, name: string) => names[name] ?? whole);
    return [file.replace('.json', ''), JSON.parse(known)];
  });
}

for (const [name] of eventsOf('teams', {})) {
  test(`Teams: ${name} is understood`, async (t) => {
    const { teams, requests, adapter } = await startTeams(t);
    teams.addChannel({ id: GROUP, name: 'Group', members: [KIM] });
    const events = eventsOf<{ activity: JsonObject }>('teams', {
      tenant: teams.world.tenantId,
      serviceUrl: teams.config.apiUrl,
      'bot.id': `28:${teams.config.app.id}`,
      kim: KIM,
      'kim.id': mriOf(KIM),
      'kim.chat': personalChatOf(KIM),
      channel: SHOP,
      group: GROUP,
    });
    const [, { activity, means }] = events.find(([title]) => title === name) ?? assert.fail();

    const { status } = await teams.sendRaw(activity, `Bearer ${await teams.tokens.token()}`);
    await adapter.stop();

    assert.equal(status, 200);
    if (means === null) return assert.deepEqual(requests, []);
    assert.partialDeepStrictEqual(requests[0], means);
    assert.partialDeepStrictEqual(requests[0]?.actor, {
      standing: 'member',
      account: { platform: 'teams', tenantId: teams.world.tenantId, aadObjectId: KIM },
    });
  });
}

for (const [name, event] of eventsOf<{ body: 'form' | 'json'; payload: JsonObject }>('slack', {
  field: FIELD_ACTION,
})) {
  test(`Slack: ${name} is understood`, async (t) => {
    const { slack, requests, adapter } = await startSlack(t);

    const { status } = await slack.deliver(event.body, event.payload);
    await adapter.stop();

    assert.equal(status, 200);
    assert.ok(event.means);
    assert.partialDeepStrictEqual(requests[0], event.means);
    assert.partialDeepStrictEqual(requests[0]?.actor, {
      standing: 'member',
      account: { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0KIM' },
    });
  });
}
