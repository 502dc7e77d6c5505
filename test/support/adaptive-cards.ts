import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as AdaptiveCards from 'adaptivecards';
import { Ajv, type ErrorObject } from 'ajv';

// The package's module entry cannot be resolved by Node; its bundle can.
const { AdaptiveCard, SerializationContext } = createRequire(import.meta.url)(
  'adaptivecards/dist/adaptivecards.js',
) as typeof AdaptiveCards;

/** Microsoft's own, of Adaptive Cards 1.5 (MIT), as published at adaptivecards.io/schemas/1.5.0. */
const schema = JSON.parse(
  readFileSync(new URL('../fixtures/teams/adaptive-card.schema.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;
const { $schema: _draft, id: _id, ...rules } = schema;
const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(rules);

const MAX_BYTES = 25_000;
const MAX_REFRESH_USERS = 60;

/** Everything Teams would refuse or not show in a card that a message holds; nothing when it is fine. */
export function cardProblems(card: object): string[] {
  // The schema knows nothing of Teams' own property.
  const { msteams: _msteams, ...portable } = card as Record<string, unknown>;
  const refused = validate(portable) ? [] : (validate.errors ?? []).map(described);
  const bytes = Buffer.byteLength(JSON.stringify(card));
  return [
    ...new Set(refused),
    ...parserProblems(card),
    ...(portable.version === '1.5' ? [] : [`the version is ${portable.version}, not 1.5`]),
    ...(bytes <= MAX_BYTES ? [] : [`the card has ${bytes} bytes`]),
    ...refreshProblems(portable.refresh as { userIds?: unknown[] } | undefined),
  ];
}

function described({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath || '/'} ${message} ${JSON.stringify(params)}`;
}

/** What the renderer's own parser says: unknown elements, identifiers that come twice. */
function parserProblems(payload: object): string[] {
  const context = new SerializationContext();
  const card = new AdaptiveCard();
  card.parse(payload, context);
  const parsed = Array.from({ length: context.eventCount }, (_, at) => context.getEventAt(at).message);
  return [...parsed, ...card.validateProperties().validationEvents.map(({ message }) => message)];
}

function refreshProblems(refresh: { userIds?: unknown[] } | undefined): string[] {
  const count = refresh?.userIds?.length ?? 0;
  return count <= MAX_REFRESH_USERS ? [] : [`${count} people to refresh the card for`];
}
