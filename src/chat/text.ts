/** What people typed is never markup. Neither function here knows a platform's; neither shortens but `cutBy`. */

// Format characters cover bidi controls, zero-width ones, soft hyphens and tags; the four letters draw nothing.
const INVISIBLE = /[\p{Cc}\p{Cf}\u115f\u1160\u3164\uffa0]/gu;
const WHITE_SPACE = /[\s\u2028\u2029]+/g;

/** One line of visible characters. */
export function plain(text: string): string {
  return text.toWellFormed().replace(WHITE_SPACE, ' ').replace(INVISIBLE, '').trim();
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** One line within `max` by `weigh`, cut between graphemes, saying how much is missing. */
export function cutBy(weigh: (text: string) => number, text: string, max: number): string {
  const visible = plain(text);
  if (weigh(visible) <= max) return visible;
  const room = max - 40;
  let used = 0;
  let kept = '';
  for (const { segment } of graphemes.segment(visible)) {
    used += weigh(segment);
    if (used > room) break;
    kept += segment;
  }
  return `${kept}… (cut: ${visible.length - kept.length} more characters)`;
}

/** `2.1 s`, `34 s`, `1 min 5 s`. */
export function formatStepTime(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
