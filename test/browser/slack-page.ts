import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';

/** The local Slack's page, as somebody uses it. Every wait is for something to be seen. */
export interface SlackPage {
  /** Chooses in the “Act as” menu. */
  actAs(userId: string): Promise<void>;
  /** Opens a channel or a direct conversation by what the sidebar calls it. */
  open(conversation: string): Promise<void>;
  /** Types a message or a command and sends it. */
  say(text: string): Promise<void>;
  /** The newest message that shows the text. */
  message(text: string): Locator;
  button(message: Locator, label: string): Locator;
  modal: Locator;
  /** A field of the open form, by its label. */
  field(label: string): Locator;
  /** The green button of the open form. */
  submit(): Promise<void>;
  closeModal(): Promise<void>;
  /** Keeps a picture: of the whole page, or of one thing on it. */
  picture(name: string, of?: Locator): Promise<void>;
}

export function slackPage(page: Page, pictures: string): SlackPage {
  const modal = page.locator('.modal');
  return {
    modal,
    async actAs(userId) {
      await page.locator('.actas select').selectOption(userId);
    },
    async open(conversation) {
      await page.locator('.sidebar-item').filter({ hasText: conversation }).first().click();
    },
    async say(text) {
      await page.locator('.composer-input').fill(text);
      await page.locator('.composer-send').click();
    },
    message: (text) => page.locator('.msg').filter({ hasText: text }).last(),
    button: (message, label) => message.getByRole('button', { name: label, exact: true }),
    field: (label) =>
      modal
        .locator('.bk-input')
        .filter({ has: page.locator('.bk-label').getByText(label, { exact: true }) })
        .locator('input, select, textarea'),
    async submit() {
      await modal.locator('.modal-btn.primary').click();
    },
    async closeModal() {
      await modal.locator('.modal-x').click();
      await modal.waitFor({ state: 'detached' });
    },
    async picture(name, of) {
      await (of ?? page).screenshot({ path: join(pictures, `${name}.png`) });
    },
  };
}
