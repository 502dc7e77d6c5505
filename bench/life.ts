/** An environment's life as people live it: everything through the fake Slack. */
import { buttonsOf, type FakeMessage, type PrivateMessage } from '../test/support/fake-slack.ts';
import { CHANNEL, DEVELOPER, type Deployment } from './deployment.ts';

const PATIENCE_MS = 120_000;

/** Asks for it and returns its card. */
export async function request({ slack }: Deployment, name: string, parameters: string): Promise<FakeMessage> {
  const answer = await slack.command(DEVELOPER, CHANNEL, `create dev ${name} team=shop ${parameters}`);
  if (answer.status !== 200 || !answer.text.includes('Requested')) {
    throw new Error(`${name} was not taken: ${answer.status} ${answer.text.slice(0, 500)}`);
  }
  return await slack.until(() => slack.messagesIn(CHANNEL).find(({ text }) => text.includes(name)));
}

/** `says` as in “is ready”. */
export async function cardSays({ slack }: Deployment, card: FakeMessage, says: string): Promise<void> {
  await slack.until(() => card.text.includes(says), PATIENCE_MS);
}

export async function approve({ slack }: Deployment, name: string, approver: string): Promise<void> {
  const asked = await slack.until(() =>
    slack
      .directMessages(approver)
      .find(
        (message) =>
          message.text.includes(name) &&
          buttonsOf(message).some(({ action_id }) => action_id === 'environment.approve'),
      ),
  );
  await slack.click(approver, asked, 'environment.approve');
}

/** Deletes it as its owner, who confirms, and waits until it is gone. */
export async function remove(deployment: Deployment, name: string, card: FakeMessage): Promise<void> {
  const { slack } = deployment;
  await slack.click(DEVELOPER, card, 'environment.delete');
  const question = await slack.until(() =>
    slack.privateTo(DEVELOPER).find((message) => asksAbout(name, message)),
  );
  await slack.click(DEVELOPER, question, 'environment.delete-confirmed');
  await cardSays(deployment, card, 'was deleted');
}

function asksAbout(name: string, message: PrivateMessage): boolean {
  return buttonsOf(message).some(
    ({ action_id, value }) => action_id === 'environment.delete-confirmed' && value?.includes(`"${name}"`),
  );
}
