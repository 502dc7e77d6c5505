export type JsonPrimitive = string | number | boolean | null;
export type JsonValue = JsonPrimitive | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** The part of JSON Schema 2020-12 a form can be drawn from. `x-source` names where the choices come from. */
export interface ParameterSchema {
  type?: 'string' | 'number' | 'integer' | 'boolean';
  title?: string;
  description?: string;
  enum?: JsonPrimitive[];
  default?: JsonPrimitive;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  format?: string;
  'x-source'?: 'teams-of-requester';
}

export interface ParametersSchema {
  type: 'object';
  required?: string[];
  additionalProperties: false;
  properties: Record<string, ParameterSchema>;
}
