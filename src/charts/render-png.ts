import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import { indexedPng } from './indexed-png.ts';

/** Carried along: no picture depends on the fonts of the machine it is drawn on. */
const FONTS = ['DejaVuSansCondensed.ttf', 'DejaVuSansCondensed-Bold.ttf'].map((name) =>
  fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}`)),
);
export const FONT_FAMILY = 'DejaVu Sans';

/** The same bytes for the same drawing. It has to be opaque. */
export function renderPng(svg: string, palette: number[]): Uint8Array {
  const image = new Resvg(svg, {
    font: { loadSystemFonts: false, fontFiles: FONTS, defaultFontFamily: FONT_FAMILY },
  }).render();
  return indexedPng({ width: image.width, height: image.height, rgba: image.pixels }, palette);
}
