import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';

const RENDERER = createRequire(import.meta.url).resolve('adaptivecards/dist/adaptivecards.min.js');

export type Look = 'light' | 'dark' | 'phone';

/** What a person did in a drawn card: the action as it stands there, and what its inputs hold. */
export interface Executed {
  action: Record<string, unknown>;
  inputs: Record<string, unknown>;
}

export interface CardsPage {
  page: Page;
  /** Draws the card alone on the page, as Microsoft's renderer does. */
  show(card: object, look?: Look): Promise<void>;
  /** The texts that can hardly be read, with the contrast to what is behind them. */
  faint(): Promise<{ text: string; contrast: number }[]>;
  /** What was pressed since the card is shown. */
  executed(): Promise<Executed[]>;
  close(): Promise<void>;
}

const COLOURS = {
  light: { page: '#f5f5f5', card: '#ffffff', text: '#242424', subtle: '#616161', border: '#d1d1d1' },
  dark: { page: '#1f1f1f', card: '#292929', text: '#ffffff', subtle: '#adadad', border: '#525252' },
};

/** Cards in a browser, coloured and sized about as Teams does. Nothing outside this machine is asked for. */
export async function openCardsPage(executablePath: string): Promise<CardsPage> {
  const browser: Browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  });
  const page = await browser.newPage();
  await page.route('**/*', (route) => route.abort());

  return {
    page,

    async show(card, look = 'light') {
      await page.setViewportSize({ width: look === 'phone' ? 360 : 720, height: 900 });
      const theme = look === 'dark' ? 'dark' : 'light';
      await page.setContent(`<style>${style(theme)}</style><main></main>`);
      await page.addScriptTag({ content: readFileSync(RENDERER, 'utf8') });
      await page.evaluate(draw, { card, config: hostConfig(theme) });
    },

    faint: () => page.evaluate(findFaint, MIN_CONTRAST),
    executed: () => page.evaluate(() => (globalThis as unknown as { executed: Executed[] }).executed),
    close: () => browser.close(),
  };
}

/** What WCAG 2 asks of text that is not large. */
const MIN_CONTRAST = 4.5;

/** Runs in the page. */
function findFaint(minimum: number): { text: string; contrast: number }[] {
  // biome-ignore lint/suspicious/noExplicitAny: the page's own globals
  const { document, getComputedStyle, NodeFilter } = globalThis as any;

  function channels(colour: string): number[] {
    return (colour.match(/[\d.]+/g) ?? []).map(Number);
  }

  function luminance(colour: string): number {
    const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  // biome-ignore lint/suspicious/noExplicitAny: an element
  function behind(element: any): string {
    for (let at = element; at !== null; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (channels(backgroundColor)[3] !== 0) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  }

  const faint: { text: string; contrast: number }[] = [];
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { textContent, parentElement } = walker.currentNode;
    const text = textContent.trim();
    // Emoji have colours of their own.
    if (!/\p{L}/u.test(text) || parentElement.getClientRects().length === 0) continue;
    const [dark = 0, light = 0] = [getComputedStyle(parentElement).color, behind(parentElement)]
      .map(luminance)
      .sort((one, other) => one - other);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < minimum) faint.push({ text, contrast });
  }
  return faint;
}

/** Runs in the page. */
function draw({ card, config }: { card: object; config: object }): void {
  // biome-ignore lint/suspicious/noExplicitAny: the page's own globals
  const { AdaptiveCards, document } = globalThis as any;
  const executed: Executed[] = [];
  Object.assign(globalThis, { executed });
  const drawn = new AdaptiveCards.AdaptiveCard();
  drawn.hostConfig = new AdaptiveCards.HostConfig(config);
  drawn.onExecuteAction = (action: { toJSON(): Record<string, unknown> }) => {
    const inputs: Record<string, unknown> = {};
    for (const input of drawn.getAllInputs()) inputs[input.id] = input.value;
    executed.push({ action: action.toJSON(), inputs });
  };
  // Teams reads so much of markdown, and more.
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text: string, result: Record<string, unknown>) => {
    result.outputHtml = text
      .replace(/\[([^\]]*)\]\(([^)]*)\)/g, '<a href="$2">$1</a>')
      .replace(/\*\*(.+?)\*\*/g, '<strong>$1</strong>');
    result.didProcess = true;
  };
  drawn.parse(card);
  document.querySelector('main').append(drawn.render());
}

function style(theme: keyof typeof COLOURS): string {
  const { page, card, text, border } = COLOURS[theme];
  return `
    body { margin: 0; padding: 12px; background: ${page}; color: ${text}; font-family: 'Segoe UI', 'Noto Sans', sans-serif; }
    main { background: ${card}; border: 1px solid ${border}; border-radius: 6px; padding: 4px; max-width: 640px; }
    .ac-pushButton { padding: 6px 12px; border: 1px solid ${border}; border-radius: 4px; background: ${card}; color: ${text}; font: inherit; font-weight: 600; cursor: pointer; }
    .ac-pushButton.style-positive { background: #5b5fc7; border-color: #5b5fc7; color: white; }
    .ac-pushButton.style-destructive { color: ${theme === 'dark' ? '#f1707b' : '#c4314b'}; }
    .ac-input { box-sizing: border-box; width: 100%; padding: 6px; border: 1px solid ${border}; border-radius: 4px; background: ${page}; color: ${text}; font: inherit; }
    .ac-input[type=checkbox] { width: auto; }`;
}

function hostConfig(theme: keyof typeof COLOURS) {
  const { text, subtle, border } = COLOURS[theme];
  const dark = theme === 'dark';
  const colour = (value: string) => ({ default: value, subtle: value });
  const foregroundColors = {
    default: { default: text, subtle },
    accent: colour(dark ? '#8b8fe8' : '#4f52b2'),
    good: colour(dark ? '#92c353' : '#237b4b'),
    warning: colour(dark ? '#f8d22a' : '#835c00'),
    attention: colour(dark ? '#f1707b' : '#c4314b'),
  };
  const container = (light: string, inDark: string) => ({
    backgroundColor: dark ? inDark : light,
    foregroundColors,
  });
  return {
    supportsInteractivity: true,
    fontFamily: "'Segoe UI', 'Noto Sans', sans-serif",
    fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 22 },
    spacing: { small: 4, default: 10, medium: 14, large: 20, extraLarge: 28, padding: 12 },
    separator: { lineThickness: 1, lineColor: border },
    containerStyles: {
      default: container('#ffffff', '#292929'),
      emphasis: container('#f0f0f0', '#1f1f1f'),
      accent: container('#e8ebfa', '#2f2f4a'),
      good: container('#e7f2da', '#1c331f'),
      warning: container('#fbf6d9', '#3a3210'),
      attention: container('#fcf4f6', '#3e1f25'),
    },
    actions: { maxActions: 6, buttonSpacing: 8, actionsOrientation: 'horizontal', actionAlignment: 'left' },
    inputs: { label: { requiredInputs: { suffix: ' *' }, inputSpacing: 4 } },
  };
}
