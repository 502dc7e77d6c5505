import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import type { App } from '@slack/bolt';
import { pino } from 'pino';
import { parse } from 'yaml';
import { createListeners, SURFACE } from '../../../src/chat/slack/listeners.ts';

const manifest = parse(readFileSync(new URL('../../../slack-manifest.yaml', import.meta.url), 'utf8'));

const HISTORY = ['channels:history', 'groups:history', 'im:history', 'mpim:history'];
const OPENING = ['channels:manage', 'groups:write'];

/** The scopes of the Web API methods that the code calls. */
const SCOPES: Record<string, string[]> = {
  'auth.test': [],
  'bookmarks.add': ['bookmarks:write'],
  'bookmarks.list': ['bookmarks:read'],
  'bookmarks.remove': ['bookmarks:write'],
  'chat.getPermalink': [],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write', 'chat:write.public'],
  'chat.update': ['chat:write'],
  'conversations.archive': OPENING,
  'conversations.rename': OPENING,
  'conversations.create': OPENING,
  'conversations.history': HISTORY,
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.invite': ['channels:write.invites', 'groups:write.invites'],
  'conversations.join': ['channels:join'],
  'conversations.open': ['im:write'],
  'conversations.replies': HISTORY,
  'conversations.setPurpose': ['channels:write.topic', 'groups:write.topic'],
  'conversations.setTopic': ['channels:write.topic', 'groups:write.topic'],
  'files.delete': ['files:write'],
  'files.uploadV2': ['files:write'],
  'pins.add': ['pins:write'],
  'pins.remove': ['pins:write'],
  'users.conversations': ['channels:read', 'groups:read'],
  'users.info': ['users:read', 'users:read.email'],
  'views.open': [],
  'views.publish': [],
  'views.update': [],
};

/** Of the events that the app hears of. */
const EVENT_SCOPES: Record<string, string[]> = {
  app_home_opened: [],
  reaction_added: ['reactions:read'],
  reaction_removed: ['reactions:read'],
  'message.channels': ['channels:history'],
  'message.groups': ['groups:history'],
};

test('the manifest declares what the code registers, no more and no less', () => {
  const registered: Record<'commands' | 'shortcuts' | 'events', unknown[]> = {
    commands: [],
    shortcuts: [],
    events: [],
  };
  const app = {
    command: (name: unknown) => registered.commands.push(name),
    shortcut: (which: unknown) => registered.shortcuts.push(which),
    event: (name: unknown) => registered.events.push(name),
    action: () => undefined,
    view: () => undefined,
  } as unknown as App;

  createListeners({ logger: pino({ level: 'silent' }) } as Parameters<typeof createListeners>[0]).register(
    app,
  );

  const { features, settings } = manifest;
  const { bot_events } = settings.event_subscriptions;
  // Slack has an event for each kind of conversation; Bolt calls all of them `message`.
  const heardOf = new Set(bot_events.map((event: string) => event.split('.')[0]));
  const TYPES: Record<string, string> = { global: 'shortcut', message: 'message_action' };
  assert.deepEqual(registered, {
    commands: features.slash_commands.map(({ command }: { command: string }) => command),
    shortcuts: features.shortcuts.map(({ type, callback_id }: { type: string; callback_id: string }) => ({
      type: TYPES[type],
      callback_id,
    })),
    events: [...heardOf],
  });
  assert.deepEqual(bot_events, SURFACE.events);
  assert.deepEqual(registered.commands, Object.keys(SURFACE.commands));
});

test('of a command whose mentions become accounts, and of no other, Slack escapes the text', () => {
  const escaped = manifest.features.slash_commands.map(
    ({ command, should_escape }: { command: string; should_escape: boolean }) => [command, should_escape],
  );

  assert.deepEqual(
    escaped,
    Object.entries(SURFACE.commands).map(([command, named]) => [command, named !== 'env']),
  );
});

test('the manifest asks for the scopes of what is called and heard of, and for no other', () => {
  const folder = new URL('../../../src/chat/slack/', import.meta.url);
  const sources = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const calls = new Set(
    [...sources.join('\n').matchAll(/lient\s*\.([a-z]+\.\w+)\(/g)].map(([, method]) => `${method}`),
  );

  assert.deepEqual([...calls].sort(), Object.keys(SCOPES).sort());
  assert.deepEqual(SURFACE.events, Object.keys(EVENT_SCOPES));
  const needed = ['commands', ...Object.values(SCOPES).flat(), ...Object.values(EVENT_SCOPES).flat()];
  assert.deepEqual([...manifest.oauth_config.scopes.bot].sort(), [...new Set(needed)].sort());
});

test('every scope stands under a comment that says why', () => {
  const text = readFileSync(new URL('../../../slack-manifest.yaml', import.meta.url), 'utf8');
  const lines = text.slice(text.indexOf('    bot:\n'), text.indexOf('\nsettings:')).split('\n').slice(1);

  assert.match(lines[0] ?? '', /^ +# [A-Z/📌]/u);
  assert.ok(
    lines.every((line) => /^ +(# |- [a-z]+:[a-z.]+$|- commands$)/.test(line)),
    lines.join('\n'),
  );
});

test('the manifest is complete and within the limits of Slack', () => {
  const { display_information, features, settings } = manifest;

  assert.ok(display_information.name.length <= 35);
  assert.ok(display_information.description.length <= 140);
  assert.ok(display_information.long_description.length >= 174);
  assert.ok(features.shortcuts.every(({ name }: { name: string }) => name.length <= 24));
  assert.equal(features.app_home.home_tab_enabled, true);
  assert.equal(settings.interactivity.is_enabled, true);
  assert.match(display_information.long_description, /incident/);
  const urls = [
    ...features.slash_commands.map(({ url }: { url: string }) => url),
    settings.interactivity.request_url,
    settings.event_subscriptions.request_url,
  ];
  assert.deepEqual(new Set(urls), new Set(['https://purser.example.com/slack/events']));
});
