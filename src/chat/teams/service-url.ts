import type { TeamsConfig } from '../../config.ts';

/** Where somebody is first spoken to who has never spoken to us. */
export const SERVICE_URL = 'https://smba.trafficmanager.net/teams/';

/** Where Teams has its connectors. Government clouds are left out: their tokens come from another issuer. */
const SERVICE_HOSTS = ['smba.trafficmanager.net', 'smba.infra.gcc.teams.microsoft.com'];

/**
 * Whether answers, and with them the bot's own token, may be sent there. Addresses come in with activities, and through
 * forms from clients, who could change them.
 */
export function isServiceUrl(serviceUrl: string, { app, apiUrl }: TeamsConfig): boolean {
  const url = URL.parse(serviceUrl);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (app === undefined) return ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (apiUrl !== undefined) return url.origin === new URL(apiUrl).origin;
  return url.protocol === 'https:' && url.port === '' && SERVICE_HOSTS.includes(url.hostname);
}
