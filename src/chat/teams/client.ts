import { TeamsAdapter } from '@microsoft/teams-ai';
import type { Activity, InvokeResponse, TurnContext } from 'botbuilder';
import {
  type AuthenticateRequestResult,
  AuthenticationConfiguration,
  AuthenticationConstants,
  type ConnectorClient,
  ServiceClientCredentialsFactory,
} from 'botframework-connector';
import { JwtTokenExtractor } from 'botframework-connector/lib/auth/jwtTokenExtractor.js';
import type { TeamsConfig } from '../../config.ts';
import { ChatError } from '../adapter.ts';
import { isServiceUrl } from './service-url.ts';

type ServiceClientCredentials = Awaited<ReturnType<ServiceClientCredentialsFactory['createCredentials']>>;

const MAX_CONNECTORS = 100;

/** Microsoft's adapter, with what it keeps to itself: the two halves of a request, and the way out without one. */
export class BotClient extends TeamsAdapter {
  readonly #config: TeamsConfig;
  readonly #connectors = new Map<string, Promise<ConnectorClient>>();

  constructor(config: TeamsConfig) {
    super(botConfiguration(config), ownCredentials(config), new AuthenticationConfiguration());
    this.#config = config;
  }

  /** Rejects when the token is not Bot Framework's for this app. What it lets through, `receiver.ts` looks at again. */
  authenticate(activity: Activity, authorization: string): Promise<AuthenticateRequestResult> {
    return this.botFrameworkAuthentication.authenticateRequest(activity, authorization);
  }

  /** What the key that an authenticated token names may speak for. Botbuilder lets a key pass that may for nothing. */
  async endorsements(authorization: string): Promise<string[]> {
    const [header = ''] = (authorization.split(' ')[1] ?? '').split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as { kid: string };
    // biome-ignore lint/complexity/useLiteralKeys: private there; its cache holds the keys that were just used
    const metadata = JwtTokenExtractor['getOrAddOpenIdMetadata'](metadataUrl(this.#config));
    return (await metadata.getKey(kid))?.endorsements ?? [];
  }

  answer(
    authenticated: AuthenticateRequestResult,
    activity: Activity,
    logic: (context: TurnContext) => Promise<void>,
  ): Promise<InvokeResponse | undefined> {
    return this.processActivity(authenticated, activity, logic);
  }

  /** For what we say of our own accord. One try: a repeated post would be a second message, and Temporal retries. */
  async connector(serviceUrl: string): Promise<ConnectorClient> {
    const known = this.#connectors.get(serviceUrl);
    if (known !== undefined) return known;
    if (!isServiceUrl(serviceUrl, this.#config)) {
      throw new ChatError('forbidden', 'an address that is not of teams');
    }
    const factory = this.botFrameworkAuthentication.createConnectorFactory(
      this.createClaimsIdentity(this.#config.app?.id),
    );
    const scope = AuthenticationConstants.ToChannelFromBotOAuthScope;
    const created = factory.create(serviceUrl, scope).then((connector) => {
      // biome-ignore lint/complexity/useLiteralKeys: private there, and the only way to its pipeline
      connector['client'].pipeline.removePolicy({ phase: 'Retry' });
      return connector;
    });
    if (this.#connectors.size >= MAX_CONNECTORS) this.#connectors.clear();
    this.#connectors.set(serviceUrl, created);
    created.catch(() => this.#connectors.delete(serviceUrl));
    return created;
  }
}

/** Naming one address makes botbuilder expect all of them. */
const AUTHENTICATION = {
  ValidateAuthority: true,
  ToChannelFromBotLoginUrl: AuthenticationConstants.ToChannelFromBotLoginUrl,
  ToChannelFromBotOAuthScope: AuthenticationConstants.ToChannelFromBotOAuthScope,
  ToBotFromChannelTokenIssuer: AuthenticationConstants.ToBotFromChannelTokenIssuer,
  OAuthUrl: AuthenticationConstants.OAuthUrl,
};

/** New registrations belong to one tenant; one that serves several is of the kind that Microsoft no longer registers. */
function botConfiguration({ app, tenantIds, apiUrl }: TeamsConfig) {
  const [tenant] = tenantIds;
  return {
    MicrosoftAppId: app?.id ?? '',
    MicrosoftAppPassword: app?.password ?? '',
    ...(app !== undefined && tenantIds.length === 1
      ? { MicrosoftAppType: 'SingleTenant', MicrosoftAppTenantId: tenant }
      : { MicrosoftAppType: 'MultiTenant' }),
    ...AUTHENTICATION,
    ToBotFromChannelOpenIdMetadataUrl: metadataUrl({ apiUrl }),
    // Tokens of emulators and of other bots are no use to anybody: their keys are not looked for anywhere else.
    ToBotFromEmulatorOpenIdMetadataUrl: metadataUrl({ apiUrl }),
  };
}

function metadataUrl({ apiUrl }: Pick<TeamsConfig, 'apiUrl'>): string {
  return apiUrl === undefined
    ? AuthenticationConstants.ToBotFromChannelOpenIdMetadataUrl
    : `${apiUrl}v1/.well-known/openidconfiguration`;
}

function ownCredentials({ app, apiUrl }: TeamsConfig): ServiceClientCredentialsFactory | undefined {
  return app === undefined || apiUrl === undefined ? undefined : new ConnectorCredentials(app, apiUrl);
}

/** Tokens from a connector of one's own: Microsoft's library fetches them from Microsoft only. */
class ConnectorCredentials extends ServiceClientCredentialsFactory {
  readonly #app: { id: string; password: string };
  readonly #tokenUrl: string;
  #token: { value: Promise<string>; until: number } | undefined;

  constructor(app: { id: string; password: string }, apiUrl: string) {
    super();
    this.#app = app;
    this.#tokenUrl = `${apiUrl}oauth2/v2.0/token`;
  }

  async isValidAppId(appId: string): Promise<boolean> {
    return appId === this.#app.id;
  }

  async isAuthenticationDisabled(): Promise<boolean> {
    return false;
  }

  async createCredentials(): Promise<ServiceClientCredentials> {
    return {
      signRequest: async (request) => {
        request.headers.set('authorization', `Bearer ${await this.#bearer()}`);
        return request;
      },
    };
  }

  #bearer(): Promise<string> {
    if (this.#token === undefined || this.#token.until < Date.now()) {
      const value = this.#fetchToken();
      this.#token = { value, until: Date.now() + 5 * 60_000 };
      value.catch(() => {
        this.#token = undefined;
      });
    }
    return this.#token.value;
  }

  async #fetchToken(): Promise<string> {
    const response = await fetch(this.#tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: this.#app.id,
        client_secret: this.#app.password,
        scope: 'https://api.botframework.com/.default',
      }),
      signal: AbortSignal.timeout(5_000),
    });
    if (!response.ok) throw new Error(`${this.#tokenUrl}: HTTP ${response.status}`);
    const { access_token } = (await response.json()) as { access_token: string };
    return access_token;
  }
}
