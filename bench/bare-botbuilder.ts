/**
 * The bot to compare with: botbuilder and Temporal's client as their own documentation puts them together. Arguments:
 * port, app id, app password, connector, Temporal's address, task queue.
 */
import { createServer } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import { CloudAdapter, ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { AuthenticationConstants } from 'botframework-connector';

const [port, appId, appPassword, apiUrl, address, taskQueue = ''] = process.argv.slice(2);

const client = new Client({ connection: await Connection.connect({ address }) });
const adapter = new CloudAdapter(
  new ConfigurationBotFrameworkAuthentication({
    MicrosoftAppId: appId,
    MicrosoftAppPassword: appPassword,
    MicrosoftAppType: 'MultiTenant',
    ToChannelFromBotLoginUrl: AuthenticationConstants.ToChannelFromBotLoginUrl,
    ToChannelFromBotOAuthScope: AuthenticationConstants.ToChannelFromBotOAuthScope,
    ToBotFromChannelTokenIssuer: AuthenticationConstants.ToBotFromChannelTokenIssuer,
    OAuthUrl: AuthenticationConstants.OAuthUrl,
    ToBotFromChannelOpenIdMetadataUrl: `${apiUrl}v1/.well-known/openidconfiguration`,
    ToBotFromEmulatorOpenIdMetadataUrl: `${apiUrl}v1/.well-known/openidconfiguration`,
  }),
);

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const body = text === '' ? {} : JSON.parse(text);
  const answer = {
    socket: request.socket,
    header: (name: string, value: unknown) => response.setHeader(name, String(value)),
    status: (code: number) => {
      response.statusCode = code;
    },
    send: (content: unknown) => response.write(JSON.stringify(content)),
    end: () => response.end(),
  };
  const incoming = { method: request.method, headers: request.headers as Record<string, string>, body };
  await adapter.process(incoming, answer, async (context) => {
    const { id, value } = context.activity;
    await client.workflow.start('environment', {
      workflowId: `bare/${id}`,
      taskQueue,
      args: [value],
    });
    const task = { type: 'message', value: 'Requested' };
    await context.sendActivity({ type: 'invokeResponse', value: { status: 200, body: { task } } });
  });
});
server.listen(Number(port), '127.0.0.1');
