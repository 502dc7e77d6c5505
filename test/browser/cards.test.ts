import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { renderTeams } from '../../src/chat/teams/render/index.ts';
import type { MessageView, View } from '../../src/domain/views.ts';
import { fill } from '../chat/nasty-words.ts';
import { sampleViews } from '../chat/sample-views.ts';
import { chromiumPath } from '../support/stack.ts';
import { type CardsPage, openCardsPage } from './cards-page.ts';

const folder = new URL('../fixtures/teams/views/', import.meta.url);
const cardOf = (name: string) =>
  (JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as { card: object }).card;

const DRAW = {
  dialogs: true,
  personal: true,
  handles: new Map<string, string>(),
  surface: 'message' as const,
  nonce: 'nonce-1',
};

describe('cards, drawn by Microsoft’s renderer', () => {
  let cards: CardsPage;
  before(async () => {
    cards = await openCardsPage(chromiumPath());
  });
  after(() => cards.close());

  test('every golden card is drawn whole, in light, dark and on a phone', async () => {
    for (const file of readdirSync(folder)) {
      for (const look of ['light', 'dark', 'phone'] as const) {
        await cards.show(cardOf(file.replace('.json', '')), look);

        const main = cards.page.locator('main');
        assert.notEqual(((await main.textContent()) ?? '').trim(), '', file);
        const overflow = await main.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
        assert.ok(overflow <= 0, `${file} is ${overflow} px too wide: ${look}`);
      }
    }
  });

  test('everything can be read, in light, in dark and on a phone', async () => {
    for (const file of readdirSync(folder)) {
      for (const look of ['light', 'dark', 'phone'] as const) {
        await cards.show(cardOf(file.replace('.json', '')), look);

        assert.deepEqual(await cards.faint(), [], `${file}: ${look}`);
      }
    }
  });

  test('what can hardly be read is noticed', async () => {
    const body = [{ type: 'TextBlock', text: 'Warning', color: 'warning' }];
    await cards.show({ type: 'AdaptiveCard', version: '1.5', body });
    await cards.page.addStyleTag({ content: 'main * { color: #c8c8c8 !important; }' });

    assert.deepEqual(
      (await cards.faint()).map(({ text }) => text),
      ['Warning'],
    );
  });

  test('dates are drawn in the reader’s own words', async () => {
    await cards.show(cardOf('environment-denied'));

    const text = (await cards.page.locator('main').textContent()) ?? '';
    assert.doesNotMatch(text, /\{\{/);
    assert.match(text, /2026/);
  });

  test('markdown of others is text, wherever it stands in whatever is drawn', async () => {
    const { page } = cards;
    const hostile = '[free](https://evil.test) and **bold** {{DATE(2020-01-01T00:00:00Z,SHORT)}}';
    const markup = page.locator('main a, main strong');
    await cards.show({
      type: 'AdaptiveCard',
      version: '1.5',
      body: [{ type: 'TextBlock', text: hostile, wrap: true }],
    });
    assert.equal(await markup.count(), 2, 'this page draws markdown where it may');

    for (const [name, view] of Object.entries(sampleViews as Record<string, View>)) {
      if (view.kind === 'form' || view.kind === 'credentials') continue;
      const filled = fill(view, () => hostile, 2) as MessageView;
      await cards.show(renderTeams(filled, DRAW).card);

      assert.equal(await markup.count(), 0, name);
      const text = (await page.locator('main').textContent()) ?? '';
      assert.ok(text.includes('{ {DATE(2020-01-01T00:00:00Z,SHORT)}}'), name);
      assert.ok(text.includes('[free](https://evil.test) and **bold**'), name);
    }
  });

  test('a button brings back what it is about', async () => {
    await cards.show(cardOf('approval-open-personal'));

    await cards.page.getByRole('button', { name: 'Approve', exact: true }).click();

    const [executed] = await cards.executed();
    assert.partialDeepStrictEqual(executed?.action, {
      type: 'Action.Execute',
      verb: 'purser',
      data: { purser: { kind: 'action', actionId: 'environment.approve' } },
    });
  });

  test('a form brings back what was filled in, by field, and asks for what is needed', async () => {
    await cards.show(cardOf('form'));
    const { page } = cards;

    await page.getByLabel('Name').fill('');
    await page.getByRole('button', { name: 'Request', exact: true }).click();
    const refused = await cards.executed();
    await page.getByLabel('Name').fill('pr-77');
    await page.getByLabel('Size').selectOption('m');
    await page.getByRole('button', { name: 'Request', exact: true }).click();

    assert.deepEqual(refused, []);
    const [executed] = await cards.executed();
    assert.partialDeepStrictEqual(executed?.inputs, {
      template: 'dev',
      name: 'pr-77',
      size: 'm',
      postgres: 'true',
    });
  });

  test('what asks before it acts shows its question first', async () => {
    await cards.show(cardOf('environment-failed'));
    const { page } = cards;

    await page.getByRole('button', { name: 'Roll back', exact: true }).first().click();
    const asked = await cards.executed();
    await page.getByRole('button', { name: 'Roll back', exact: true }).last().click();

    assert.deepEqual(asked, []);
    const [executed] = await cards.executed();
    assert.match(JSON.stringify(executed?.action), /environment\.roll-back/);
  });
});
