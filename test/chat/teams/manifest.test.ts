import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { SURFACE } from '../../../src/chat/teams/listeners.ts';
import { commandOf } from '../../../src/chat/teams/payloads.ts';
import { INCIDENT_COMMANDS } from '../../../src/commands/incidents-spec.ts';

interface Manifest {
  bots: { commandLists: { commands: { title: string; description: string }[] }[] }[];
  composeExtensions: { commands: { id: string; title: string; context: string[] }[] }[];
}
const manifest: Manifest = JSON.parse(readFileSync('manifests/teams/manifest.json', 'utf8'));
const extensions = manifest.composeExtensions.flatMap(({ commands }) => commands);

test('what the command lists say of incidents can be typed, and says what the help says', () => {
  const typed = manifest.bots
    .flatMap(({ commandLists }) => commandLists.flatMap(({ commands }) => commands))
    .map(({ title, description }) => ({ ...commandOf(title), description }))
    .filter(({ command }) => command === 'incident');

  const known = typed.map(({ text }) =>
    INCIDENT_COMMANDS.find(({ name }) => name === (text === '' ? 'help' : text)),
  );

  assert.ok(typed.length > 0);
  assert.deepEqual(
    typed.map(({ description }) => description),
    known.map((spec) => spec?.summary),
  );
});

test('what is done with a message is offered with messages, and nowhere else', () => {
  assert.deepEqual(
    extensions.map(({ id }) => id),
    SURFACE.extensions,
  );
  assert.deepEqual(
    extensions.filter(({ context }) => context.includes('message')).map(({ id }) => id),
    ['incident.declare-from-message', 'incident.pin'],
  );
});
