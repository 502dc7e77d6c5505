import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { SURFACE } from '../../../src/chat/teams/listeners.ts';
import { commandOf, type Typed } from '../../../src/chat/teams/payloads.ts';
import { ACCESS_COMMANDS } from '../../../src/commands/access-spec.ts';
import { ENVIRONMENT_COMMANDS } from '../../../src/commands/environments-spec.ts';
import { INCIDENT_COMMANDS } from '../../../src/commands/incidents-spec.ts';
import type { CommandSpec } from '../../../src/commands/spec.ts';
import { TEAM_COMMANDS } from '../../../src/commands/teams-spec.ts';
import { USER_COMMANDS } from '../../../src/commands/users-spec.ts';
import type { CommandName } from '../../../src/domain/requests.ts';

interface Manifest {
  bots: { commandLists: { commands: { title: string; description: string }[] }[] }[];
  composeExtensions: { commands: { id: string; title: string; context: string[] }[] }[];
}
const manifest: Manifest = JSON.parse(readFileSync('manifests/teams/manifest.json', 'utf8'));
const extensions = manifest.composeExtensions.flatMap(({ commands }) => commands);

const SPECS: Record<CommandName, readonly CommandSpec[]> = {
  env: ENVIRONMENT_COMMANDS,
  incident: INCIDENT_COMMANDS,
  user: USER_COMMANDS,
  team: TEAM_COMMANDS,
  access: ACCESS_COMMANDS,
};

/** Teams takes ten; the help says the rest. */
test('what the command lists say can be typed, and says what the help says', () => {
  const typed = manifest.bots
    .flatMap(({ commandLists }) => commandLists.flatMap(({ commands }) => commands))
    .map(({ title, description }) => ({ ...(commandOf(title) as Typed), description }));

  const known = typed.map(({ command, text }) =>
    SPECS[command].find(({ name }) => name === (text === '' ? 'help' : text)),
  );

  assert.deepEqual(new Set(typed.map(({ command }) => command)), new Set(Object.keys(SPECS)));
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
