import { createGenerator } from 'ts-json-schema-generator';

/** The JSON Schema of Block Kit, from Slack's own types. `AnyBlock` there lets any block pass; here it does not. */
export function generateBlockKitSchema(): object {
  const schema = createGenerator({
    path: 'node_modules/@slack/types/dist/index.d.ts',
    type: 'View',
    additionalProperties: false,
    skipTypeCheck: true,
    jsDoc: 'none',
  }).createSchema('View');
  return {
    ...schema,
    definitions: { ...schema.definitions, AnyBlock: { $ref: '#/definitions/KnownBlock' } },
  };
}
