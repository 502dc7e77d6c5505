import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { App } from '@slack/bolt';
import { pino } from 'pino';
import { parse } from 'yaml';
import { createListeners, SURFACE } from '../../../src/chat/slack/listeners.ts';

const manifest = parse(readFileSync(new URL('../../../slack-manifest.yaml', import.meta.url), 'utf8'));

/** The scopes of the Web API methods that the code calls. */
const SCOPES: Record<string, string[]> = {
  'chat.postMessage': ['chat:write', 'chat:write.public'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
  'conversations.replies': ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
  'conversations.join': ['channels:join'],
  'conversations.open': ['im:write'],
  'users.info': ['users:read', 'users:read.email'],
  'auth.test': [],
  'views.open': [],
  'views.update': [],
  'views.publish': [],
};

test('the manifest declares what the code registers, no more and no less', () => {
  const registered: Record<'commands' | 'shortcuts' | 'events', unknown[]> = {
    commands: [],
    shortcuts: [],
    events: [],
  };
  const app = {
    command: (name: unknown) => registered.commands.push(name),
    shortcut: (name: unknown) => registered.shortcuts.push(name),
    event: (name: unknown) => registered.events.push(name),
    action: () => undefined,
    view: () => undefined,
  } as unknown as App;

  createListeners({ logger: pino({ level: 'silent' }) } as Parameters<typeof createListeners>[0]).register(
    app,
  );

  assert.deepEqual(registered, {
    commands: manifest.features.slash_commands.map(({ command }: { command: string }) => command),
    shortcuts: manifest.features.shortcuts.map(({ callback_id }: { callback_id: string }) => callback_id),
    events: manifest.settings.event_subscriptions.bot_events,
  });
  assert.deepEqual(registered, SURFACE);
});

test('the manifest asks for the scopes of the methods that are called, and for no other', () => {
  const sources = ['sender', 'replies', 'actors', 'adapter'].map((name) =>
    readFileSync(new URL(`../../../src/chat/slack/${name}.ts`, import.meta.url), 'utf8'),
  );
  const calls = new Set(
    [...sources.join('\n').matchAll(/lient\.((?:chat|conversations|users|auth|views)\.\w+)\(/g)].map(
      ([, method]) => `${method}`,
    ),
  );

  assert.deepEqual([...calls].sort(), Object.keys(SCOPES).sort());
  const needed = ['commands', ...Object.values(SCOPES).flat()];
  assert.deepEqual([...manifest.oauth_config.scopes.bot].sort(), [...new Set(needed)].sort());
});

test('the manifest is complete and within the limits of Slack', () => {
  const { display_information, features, settings } = manifest;

  assert.ok(display_information.name.length <= 35);
  assert.ok(display_information.description.length <= 140);
  assert.ok(display_information.long_description.length >= 174);
  assert.ok(features.shortcuts.every(({ name }: { name: string }) => name.length <= 24));
  assert.equal(features.app_home.home_tab_enabled, true);
  assert.equal(settings.interactivity.is_enabled, true);
  const urls = [
    features.slash_commands[0].url,
    settings.interactivity.request_url,
    settings.event_subscriptions.request_url,
  ];
  assert.deepEqual(new Set(urls), new Set(['https://purser.example.com/slack/events']));
});
