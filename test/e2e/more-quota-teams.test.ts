import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { buttonsOf, readable, type TeamsMessage } from '../support/fake-teams.ts';
import { editYaml } from '../support/purser.ts';
import { openPurserInTeams, PEOPLE, TEAMS_APPROVALS, TEAMS_CHANNEL } from '../support/purser-in-teams.ts';
import { atWork, create, untilCard } from './acts.ts';

const { kim, ravi } = PEOPLE;
const IMAGE = 'image=docker.io/library/httpd:2.4';

const purser = await atWork(openPurserInTeams({ manifests: onePreviewEach }));
const { teams } = purser;

describe('who may have no more environments asks for one more in Teams', () => {
  const titles = ({ card }: TeamsMessage) => buttonsOf(card).map(({ title }) => title);

  function told(user: string, text: string): Promise<TeamsMessage> {
    return teams.until(
      () => teams.directMessages(user).find(({ card }) => readable(card).includes(text)),
      30_000,
    );
  }

  test('an administrator denies it there with a reason, and every copy on both platforms says so', async () => {
    const name = purser.newName();
    await create(purser, `preview ${name} ${IMAGE}`);
    await untilCard(purser, name, 'is ready');

    await teams.command(kim, TEAMS_CHANNEL, `create preview ${purser.newName()} ${IMAGE}`);
    const full = await told(kim, 'You have 1 of 1 environments of “preview”');
    await teams.click(kim, full, 'Ask for one more…');
    const form = await teams.until(() => teams.dialogOf(kim));
    await teams.submit(kim, { reason: 'Two branches have to be compared.', extra: '2', lasts: '14d' });
    const card = await told(ravi, 'Please decide: 2 more environments of “preview”');
    await teams.click(ravi, card, 'Deny…');
    await teams.until(() => teams.dialogOf(ravi));
    await teams.submit(ravi, { reason: 'One is enough here.' });
    const answer = await told(kim, 'denied 2 more environments of “preview” for you');

    assert.match(readable(form.card), /Ravi Sample \(administrator\), within 3 days/);
    assert.match(readable(answer.card), /One is enough here/);
    const copy = teams
      .messagesIn(TEAMS_APPROVALS)
      .find((message) => readable(message.card).includes('2 more environments'));
    assert.ok(copy);
    for (const message of [card, copy]) {
      await teams.until(() => readable(message.card).includes('Denied by Ravi Sample'), 30_000);
      assert.deepEqual(titles(message), []);
    }
    await purser.slack.until(() =>
      purser.slack
        .directMessages('U0RAVI')
        .find((message) => JSON.stringify(message.blocks).includes('Denied by')),
    );
    const { granted } = (await purser.store.places.count({ template: 'preview', owner: 'kim', team: 'shop' }))
      .perOwner;
    assert.equal(granted, 0);
  });
});

async function onePreviewEach(manifests: string): Promise<void> {
  await editYaml<{ quota: unknown }>(join(manifests, 'templates/preview/template.yaml'), (template) => {
    template.quota = { perOwner: 1, perTeam: 20 };
  });
}
