/**
 * On a light background of its own, so that a picture reads alike in light and dark chats. Severities differ in
 * lightness as well as in hue, for those who tell few hues apart.
 */
export const COLOURS = {
  background: '#ffffff',
  text: '#1b1f24',
  quiet: '#57606a',
  line: '#d8dee4',
  severities: ['#8c1d18', '#e0600a', '#f2b134', '#9cc5de'],
  private: '#8a93a0',
  bar: '#3e6fa8',
  day: '#9cc5de',
  night: '#1f3a6e',
} as const;

/** What the edges of letters are drawn in. */
const EDGES = ['#3d4248', '#777d84', '#9aa0a6', '#bfc4c9', '#eceff1'];

/** Every colour a picture is made of: 16 at most. */
export const PALETTE = [...new Set([...Object.values(COLOURS).flat(), ...EDGES])].map((colour) =>
  Number.parseInt(colour.slice(1), 16),
);

/** By the number of a severity, `sev1` being the worst. Beyond the fourth they are all alike. */
export function severityColour(id: string): string {
  const rank = Math.min(Number(id.replace(/\D/g, '')) || 1, COLOURS.severities.length);
  return COLOURS.severities[rank - 1] ?? COLOURS.day;
}
