import { z } from 'zod';

export const logLevelSchema = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']);

/** What a value looks like, for whoever gave none or a wrong one. */
export const EXAMPLES: Record<string, string> = {
  PORT: '3000',
  LOG_LEVEL: 'info',
  DATABASE_URL: 'postgres://purser@db.example.com:5432/purser',
  SLACK_BOT_TOKEN: 'xoxb-…',
  SLACK_APP_TOKEN: 'xapp-…',
  SLACK_SIGNING_SECRET: '32 hexadecimal digits, from the app’s Basic Information page',
  SLACK_API_URL: 'https://slack.com/api/',
  TEAMS_APP_ID: '01234567-89ab-cdef-0123-456789abcdef, from the bot’s registration',
  TEAMS_APP_PASSWORD: 'a client secret of that registration',
  TEAMS_TENANT_IDS: '01234567-89ab-cdef-0123-456789abcdef',
  TEAMS_API_URL: 'https://smba.trafficmanager.net/teams/',
  TEMPORAL_ADDRESS: 'temporal.example.com:7233',
  KUBECONFIG: '/etc/purser/kubeconfig',
  PURSER_URL: 'https://purser.example.com',
  PURSER_TOKEN: 'what `npm run token -- issue kim 90d` prints, on the machine that runs Purser',
  PURSER_PAYLOAD_KEYS: '2026:… (a name, a colon, and what `openssl rand -base64 32` prints)',
  OIDC_ISSUER: 'https://sso.example.com/realms/staff',
  OIDC_CLIENT_ID: 'purser',
  OIDC_CLIENT_SECRET: 'the secret of that client, from your identity provider',
  OIDC_PERSON_CLAIM: 'preferred_username',
  ALERTS_TOKEN: 'what `openssl rand -hex 32` prints, also given to Alertmanager as its bearer token',
  ALERTS_HMAC_SECRET: 'what `openssl rand -hex 32` prints, also given to the sender',
};

const PAYLOAD_KEY = /^([A-Za-z0-9._-]{1,40}):([A-Za-z0-9+/]{43}=)$/;

/** `name:base64`, of 32 bytes. */
const payloadKeySchema = z.string().transform((text, context) => {
  const [, id, base64] = PAYLOAD_KEY.exec(text) ?? [];
  if (id !== undefined && base64 !== undefined) return { id, key: Buffer.from(base64, 'base64') };
  context.addIssue({
    code: 'custom',
    message: 'must be keys as name:base64 of 32 bytes, with commas between them',
  });
  return z.NEVER;
});

/** One of the keys that what Temporal keeps is encrypted with: 32 bytes. */
export type PayloadKey = z.infer<typeof payloadKeySchema>;

/** Each variable alone; what belongs together is seen to by `config.ts`, which reads them. */
export const variables = z.object({
  PORT: z.coerce
    .number('must be a port number from 1 to 65535')
    .int('must be a port number from 1 to 65535')
    .min(1, 'must be a port number from 1 to 65535')
    .max(65_535, 'must be a port number from 1 to 65535')
    .default(3000),
  PURSER_MANIFESTS: z.string().default('manifests'),
  PURSER_HOME: z.string().default('.purser'),
  LOG_LEVEL: logLevelSchema
    .or(
      z.string().transform((_value, context) => {
        context.addIssue({ code: 'custom', message: `must be one of ${logLevelSchema.options.join(', ')}` });
        return z.NEVER;
      }),
    )
    .default('info'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be a Postgres URL')
    .optional(),
  SLACK_BOT_TOKEN: z.string().startsWith('xoxb-', 'must be a bot token, starting with xoxb-').optional(),
  SLACK_APP_TOKEN: z
    .string()
    .startsWith('xapp-', 'must be an app-level token, starting with xapp-')
    .optional(),
  SLACK_SIGNING_SECRET: z
    .string()
    .min(16, 'is too short to be a signing secret: anybody could guess it and speak as Slack')
    .optional(),
  SLACK_API_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
  TEAMS_APP_ID: z.guid('must be the app id (a GUID) of the bot’s registration').optional(),
  TEAMS_APP_PASSWORD: z.string().min(16, 'is too short to be a client secret').optional(),
  TEAMS_TENANT_IDS: z
    .string()
    .transform((list) => list.split(',').map((id) => id.trim().toLowerCase()))
    .pipe(z.array(z.guid('must be tenant ids (GUIDs) with commas between them')))
    .optional(),
  TEAMS_API_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .refine(isPrivateOrEncrypted, 'must be an https address, or one on this machine')
    .optional(),
  KUBECONFIG: z.string().optional(),
  KUBERNETES_SERVICE_HOST: z.string().optional(),
  ALERTS_TOKEN: z
    .string()
    .min(16, 'is too short: anybody could guess it and declare incidents')
    .regex(/^[\x21-\x7e]+$/, 'has characters that no HTTP header carries: use letters and digits')
    .optional(),
  ALERTS_HMAC_SECRET: z
    .string()
    .min(16, 'is too short: anybody could guess it and declare incidents')
    .optional(),
  PURSER_PAYLOAD_KEYS: z
    .string()
    .transform((list) => list.split(',').map((item) => item.trim()))
    .pipe(z.array(payloadKeySchema))
    .refine(
      (keys) => new Set(keys.map(({ id }) => id)).size === keys.length,
      'gives two keys the same name: data could not tell which of them it needs',
    )
    .optional(),
  OIDC_ISSUER: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .refine(isPrivateOrEncrypted, 'must be an https address, or one on this machine')
    .optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().min(16, 'is too short to be a client secret').optional(),
  OIDC_PERSON_CLAIM: z.string().optional(),
  PURSER_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .refine(isPrivateOrEncrypted, 'must be an https address, or one on this machine: a token goes there')
    .default('http://localhost:3000'),
  PURSER_TOKEN: z
    .string()
    .regex(/^purser_\S+$/, 'must be a token of yours, starting with purser_')
    .optional(),
});
export type Variables = z.infer<typeof variables>;

function isPrivateOrEncrypted(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
