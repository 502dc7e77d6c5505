import type { ErrorObject } from 'ajv';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type {
  JsonObject,
  JsonPrimitive,
  JsonValue,
  ParameterSchema,
  ParametersSchema,
} from '../domain/json.ts';

export interface Requester {
  id: string;
  roles: string[];
  teams: { id: string; group: string }[];
}

export type ParametersResult =
  | { ok: true; values: Record<string, string | number | boolean> }
  /** By parameter name. */
  | { ok: false; errors: Record<string, string> };

export type ParameterReader = (values: JsonObject, requester: Requester) => ParametersResult;

/** Names become a namespace and a host name, whatever a template's own pattern says. */
const NAME = /^[a-z]([-a-z0-9]{0,48}[a-z0-9])?$/;

/** Compiles a template's `parameters`; throws with ajv's reason when they are not a strict JSON Schema. */
export function createParameterReader(schema: ParametersSchema): ParameterReader {
  const ajv = new Ajv2020({ strict: true, allErrors: true, useDefaults: true });
  addFormats.default(ajv);
  ajv.addKeyword({ keyword: 'x-source', schemaType: 'string' });
  const strictSchema = { ...schema, properties: withTypes(schema.properties) };
  const validate: ValidateFunction = ajv.compile(strictSchema);

  return function readParameters(given, requester) {
    const values: JsonObject = {};
    const errors: Record<string, string> = {};
    for (const [name, value] of Object.entries(given)) {
      if (value === '' || value === null) continue;
      const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
      if (property === undefined) {
        errors[name] =
          `There is no parameter “${name}”. There are: ${Object.keys(schema.properties).join(', ')}.`;
        continue;
      }
      values[name] = coerce(value, property);
    }
    readTeams(schema, values, errors, requester);
    if (!validate(values)) {
      for (const error of validate.errors ?? []) {
        const name = nameIn(error);
        errors[name] ??= explain(name, error, schema.properties[name]);
      }
    }
    for (const [name, value] of Object.entries(values)) {
      if (typeof value === 'string' && value.includes('${{')) errors[name] ??= 'Cannot contain “${{”.';
    }
    if (typeof values.name === 'string' && !NAME.test(values.name)) {
      errors.name ??= 'Use small letters, digits and dashes, starting with a letter, at most 50.';
    }
    if (Object.keys(errors).length > 0) return { ok: false, errors };
    return { ok: true, values: values as Record<string, string | number | boolean> };
  };
}

/** ajv in strict mode wants a type; an `enum` alone is a friendly way to write one. */
function withTypes(properties: Record<string, ParameterSchema>): Record<string, ParameterSchema> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const first = property.enum?.[0];
      const type =
        property.type ?? (typeof first === 'number' || typeof first === 'boolean' ? typeof first : 'string');
      return [name, { ...property, type: type as ParameterSchema['type'] }];
    }),
  );
}

/** A string from a command line as the type that is asked for; what does not fit stays as it is and is refused. */
function coerce(value: JsonValue, property: ParameterSchema): JsonValue {
  if (typeof value !== 'string') return value;
  const type = property.type ?? typeof property.enum?.[0];
  if (type === 'boolean') {
    if (/^(true|yes|on)$/i.test(value)) return true;
    if (/^(false|no|off)$/i.test(value)) return false;
  }
  if (type === 'integer' && /^-?(0|[1-9][0-9]{0,15})$/.test(value)) return Number(value);
  if (type === 'number' && /^-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,15})?$/.test(value)) return Number(value);
  return value;
}

function readTeams(
  schema: ParametersSchema,
  values: JsonObject,
  errors: Record<string, string>,
  requester: Requester,
): void {
  const mine = requester.teams.map(({ id }) => id);
  for (const [name, property] of Object.entries(schema.properties)) {
    if (property['x-source'] !== 'teams-of-requester') continue;
    const [only] = mine;
    if (only === undefined) {
      errors[name] = 'You are in no team yet. Ask an administrator to add you to one.';
    } else if (values[name] === undefined && mine.length === 1) {
      values[name] = only;
    } else if (values[name] === undefined) {
      errors[name] = `Which of your teams is it for: ${mine.join(' or ')}?`;
    } else if (!mine.includes(String(values[name]))) {
      errors[name] = `“${values[name]}” is not a team of yours. Choose ${mine.join(' or ')}.`;
    }
  }
}

function nameIn(error: ErrorObject): string {
  if (error.keyword === 'required') return String(error.params.missingProperty);
  return error.instancePath.split('/')[1] ?? '';
}

function explain(name: string, error: ErrorObject, property: ParameterSchema | undefined): string {
  const hint = property?.description ?? '';
  switch (error.keyword) {
    case 'required':
      return `Please fill in ${property?.title ?? name}.`;
    case 'enum':
      return `Choose ${listed(error.params.allowedValues)}.`;
    case 'type':
      return property?.type === 'boolean' ? 'Say yes or no.' : `Must be ${article(error.params.type)}.`;
    case 'pattern':
      return hint === '' ? `Must match ${error.params.pattern}.` : hint;
    case 'minLength':
      return `At least ${error.params.limit} characters, please.`;
    case 'maxLength':
      return `At most ${error.params.limit} characters, please.`;
    case 'minimum':
      return `Must be ${error.params.limit} or more.`;
    case 'maximum':
      return `Must be ${error.params.limit} or less.`;
    default:
      return `That will not do: ${error.message ?? error.keyword}.`;
  }
}

function listed(values: JsonPrimitive[]): string {
  const [last, ...rest] = values.map(String).reverse();
  return rest.length === 0 ? String(last) : `${rest.reverse().join(', ')} or ${last}`;
}

function article(type: string): string {
  return type === 'integer' ? 'a whole number' : type === 'number' ? 'a number' : 'text';
}
