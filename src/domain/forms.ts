import { INCIDENT_FORMS } from './incident-forms.ts';
import type { JsonValue, ParameterSchema } from './json.ts';

export const FORM_IDS = [
  'environment.create',
  'environment.deny',
  'quota.ask',
  'quota.deny',
  'link.decide',
  'link.deny',
  'departure.request',
  'departure.deny',
  'access.request',
  'access.deny',
  'access.extend',
  'people.deny',
  'arrival.request',
  'arrival.move',
  ...INCIDENT_FORMS,
] as const;
export type FormId = (typeof FORM_IDS)[number];

/** A field's `name` is its schema key, its Slack `block_id` and its Adaptive Card input id: errors need no table. */
export interface FormField {
  name: string;
  label: string;
  schema: ParameterSchema;
  required: boolean;
  /** For `enum` fields and sources: what to show for each value. */
  choices?: { value: string; label: string }[];
  multiline?: boolean;
  hint?: string;
  placeholder?: string;
  /** Changing it redraws the form. */
  redraws?: boolean;
}

/** A line of the preview above the submit button: "Will be created": "Namespace env-pr-42, Deployment runner, …". */
export interface FormNote {
  label: string;
  text: string;
}

export interface FormView {
  kind: 'form';
  formId: FormId;
  title: string;
  submitLabel: string;
  intro?: string;
  fields: FormField[];
  values: Record<string, JsonValue>;
  notes: FormNote[];
  /** Comes back with the submission. Not secret and not trusted: whatever it names is authorised again. */
  context: Record<string, string>;
  /** Errors at their fields, for platforms that redraw. */
  errors?: Record<string, string>;
}

/** A private, read-only form with credentials, filled at click time. Never stored, logged or posted. */
export interface CredentialsView {
  kind: 'credentials';
  title: string;
  /** Secret values. */
  entries: { key: string; value: string }[];
  note: string;
}
