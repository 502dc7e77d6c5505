import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { COLOURS, PALETTE } from '../../src/charts/colours.ts';
import { drawIncidentStats } from '../../src/charts/incident-stats-picture.ts';
import { incidentStats } from '../../src/domain/incident-stats.ts';
import type { IncidentRow } from '../../src/domain/incidents.ts';
import { sampleDirectory } from '../support/environment-samples.ts';
import { sampleRow } from '../support/incident-records.ts';
import { sampleStats } from '../support/sample-stats.ts';

/** Cards of Teams hold 25 KB in all, and a picture in them is base64. */
const MOST = 16_000;

for (const days of [7, 30, 90, 365]) {
  test(`a picture of ${days} days fits into a card, with all that is said beside it`, (context) => {
    const png = drawIncidentStats(sampleStats(days));

    context.diagnostic(`${Buffer.from(png, 'base64').length} bytes, ${png.length} as base64`);
    assert.ok(png.length < MOST);
  });
}

test('the same figures are the same bytes', () => {
  const first = drawIncidentStats(sampleStats(30));
  drawIncidentStats(sampleStats(90));

  assert.equal(drawIncidentStats(sampleStats(30)), first);
});

test('it is opaque, on a background of its own, and shows every severity', () => {
  const picture = read(drawIncidentStats(sampleStats(30)));

  const share = (colour: string) => picture.count(Number.parseInt(colour.slice(1), 16)) / (760 * 420);
  assert.deepEqual([picture.width, picture.height], [760, 420]);
  assert.deepEqual(picture.chunks, ['IHDR', 'PLTE', 'IDAT', 'IEND']);
  assert.ok(share(COLOURS.background) > 0.75);
  for (const colour of [...COLOURS.severities, COLOURS.private, COLOURS.bar, COLOURS.night]) {
    assert.ok(share(colour) > 0.0005, colour);
  }
  // Nothing is written where the fonts are not found.
  assert.ok(share(COLOURS.text) > 0.003);
});

test('whatever people and services are called, there is a picture', () => {
  const names = [
    '<script>&"',
    '漢字サービス',
    '\0\u0007\ufffe\ud83d',
    '👩‍👩‍👧‍👦',
    '',
    ' ',
    '{c0|x}',
    'x'.repeat(5_000),
  ];
  const rows = names.map((name, index) =>
    sampleRow({
      severity: `sev${1 + index}`,
      service: name,
      pages: [{ person: name, at: '2026-04-01T23:00:00.000Z' }],
    }),
  );

  assert.ok(drawIncidentStats(figures(rows)).length < MOST);
});

for (const [what, rows] of [
  ['of nothing', []],
  ['of one that is still open', [sampleRow()]],
  ['of a private one alone', [sampleRow({ private: true })]],
] as const) {
  test(`there is a picture ${what}`, () => {
    const picture = read(drawIncidentStats(figures([...rows])));

    assert.equal(picture.width, 760);
  });
}

test('letters stand out from the background, and neighbouring severities from each other, in greys too', () => {
  assert.ok(contrast(COLOURS.text, COLOURS.background) > 12);
  assert.ok(contrast(COLOURS.quiet, COLOURS.background) > 4.5);
  const [one, two, three] = COLOURS.severities;
  assert.ok(contrast(one, two) > 2);
  assert.ok(contrast(two, three) > 1.5);
  assert.ok(contrast(COLOURS.day, COLOURS.night) > 4.5);
  assert.ok(PALETTE.length <= 16);
});

function figures(rows: IncidentRow[]) {
  const now = new Date('2026-04-02T00:00:00.000Z');
  return incidentStats(rows, { days: 14, now, directory: sampleDirectory(), zoneOf: () => undefined });
}

/** As far as ours go: four bits a pixel, no filters. */
function read(base64: string) {
  const png = Buffer.from(base64, 'base64');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const [header, palette, data] = ['IHDR', 'PLTE', 'IDAT'].map(
    (type) => chunks.get(type) ?? Buffer.alloc(0),
  ) as [Buffer, Buffer, Buffer];
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(data);
  const stride = width / 2 + 1;
  assert.equal(rows.length, stride * height);
  const pixels = [...rows].flatMap((byte, index) => (index % stride === 0 ? [] : [byte >> 4, byte & 15]));
  const colours = pixels.map((index) => palette.readUIntBE(index * 3, 3));
  const count = (colour: number) => colours.filter((one) => one === colour).length;
  return { width, height, chunks: [...chunks.keys()], count };
}

/** As WCAG reckons it. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [one, other].map(luminance).sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
