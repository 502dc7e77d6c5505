/**
 * The app to compare with: Bolt and Temporal's client as their own documentation puts them together. Arguments: port,
 * signing secret, Web API, Temporal's address, task queue.
 */
import { App, LogLevel } from '@slack/bolt';
import { Client, Connection } from '@temporalio/client';

const [port, signingSecret = '', slackApiUrl, address, taskQueue = ''] = process.argv.slice(2);

const client = new Client({ connection: await Connection.connect({ address }) });
const app = new App({
  signingSecret,
  authorize: async () => ({ botToken: 'xoxb-fake-slack' }),
  clientOptions: { slackApiUrl },
  logLevel: LogLevel.ERROR,
});

app.command('/env', async ({ command, ack }) => {
  await client.workflow.start('environment', {
    workflowId: `bare/${command.trigger_id}`,
    taskQueue,
    args: [{ text: command.text, user: command.user_id, channel: command.channel_id }],
  });
  await ack({ response_type: 'ephemeral', text: `Requested: ${command.text}` });
});

await app.start({ port: Number(port), host: '127.0.0.1' });
