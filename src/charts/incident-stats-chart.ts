import type { EChartsCoreOption } from 'echarts/core';
import { shortDuration } from '../domain/durations.ts';
import { type IncidentStats, statsTitle } from '../domain/incident-stats.ts';
import { COLOURS, severityColour } from './colours.ts';
import { drawSpread } from './draw-spread.ts';
import { drawable } from './drawable.ts';
import { FONT_FAMILY } from './render-png.ts';

export const WIDTH = 760;
export const HEIGHT = 420;

/** Rows of the panels below; the others are in the text. */
const ROWS = 5;
const ROW = 23;
const LEFT = 24;
const MIDDLE = 404;
const TOP = 66;
const BELOW = 250;
const PANEL_WIDTH = 332;

interface Panel {
  titles: object[];
  grid: object;
  xAxis: object;
  yAxis: object;
  series: object[];
}

/** Four panels: how many when, how long they took, by service, and pages by person. */
export function statsChart(stats: IncidentStats): EChartsCoreOption {
  const panels = [overTime(stats), durations(stats), services(stats), pages(stats)];
  return {
    animation: false,
    backgroundColor: COLOURS.background,
    textStyle: { fontFamily: FONT_FAMILY, color: COLOURS.text, fontSize: 12 },
    title: [heading(stats), ...panels.flatMap(({ titles }) => titles)],
    grid: panels.map(({ grid }) => grid),
    xAxis: panels.map(({ xAxis }, gridIndex) => ({ gridIndex, ...xAxis })),
    yAxis: panels.map(({ yAxis }, gridIndex) => ({ gridIndex, ...yAxis })),
    series: panels.flatMap(({ series }, index) =>
      series.map((one) => ({ xAxisIndex: index, yAxisIndex: index, silent: true, ...one })),
    ),
  };
}

function heading(stats: IncidentStats): object {
  const { count, updates, followUps } = stats;
  const due = updates.kept + updates.missed;
  const said = [
    count === 1 ? '1 incident' : `${count} incidents`,
    ...(due === 0 ? [] : [`${updates.kept} of ${due} updates in time`]),
    `${followUps.open} open follow-${followUps.open === 1 ? 'up' : 'ups'}`,
  ];
  return {
    text: statsTitle(stats),
    subtext: said.join(' · '),
    left: LEFT,
    top: 12,
    padding: 0,
    itemGap: 6,
    textStyle: { fontSize: 17, fontWeight: 'bold', color: COLOURS.text },
    subtextStyle: { fontSize: 12, color: COLOURS.quiet },
  };
}

function overTime({ stretches, severities, private: hidden }: IncidentStats): Panel {
  const shades = Map.groupBy(
    severities.map(({ id }, column) => ({ id, column })),
    ({ id }) => severityColour(id),
  );
  const layers: Layer[] = [...shades].map(([colour, alike]) => ({
    name: alike.length === 1 ? `${alike[0]?.id}` : `${alike[0]?.id}+`,
    colour,
    data: stretches.map(({ counts }) => alike.reduce((all, { column }) => all + (counts[column] ?? 0), 0)),
  }));
  if (hidden > 0) {
    const data = stretches.map((stretch) => stretch.private);
    layers.push({ name: 'private', colour: COLOURS.private, data });
  }
  const totals = stretches.map((_, index) => layers.reduce((all, { data }) => all + (data[index] ?? 0), 0));
  return {
    titles: panelTitle(`By ${stretchName(stretches)}`, LEFT, TOP, layers),
    grid: { left: LEFT, top: TOP + 32, width: PANEL_WIDTH, height: 104 },
    xAxis: {
      type: 'category',
      data: stretches.map(({ from }) => dayOf(from)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: COLOURS.line } },
      axisLabel: { ...SMALL, hideOverlap: true, margin: 6 },
    },
    yAxis: { type: 'value', show: false, max: Math.max(1, ...totals) * 1.15 },
    series: stacked('over-time', layers, { size: '66%', labels: totals.map(sayCount), position: 'top' }),
  };
}

function durations({ acknowledged, mitigated, resolved }: IncidentStats): Panel {
  const rows = [
    { name: 'acknowledged', spread: acknowledged },
    { name: 'mitigated', spread: mitigated },
    { name: 'resolved', spread: resolved },
  ].flatMap(({ name, spread }) => (spread === undefined ? [] : [{ name, spread }]));
  const ends = rows.flatMap(({ spread }) => [spread.low, spread.high]).map(atLeastSecond);
  return {
    titles: [
      ...panelTitle('How long until', MIDDLE, TOP, [
        { name: 'half of them', colour: COLOURS.day },
        { name: 'usual', colour: COLOURS.night },
      ]),
      ...(rows.length === 0 ? [remark('Nothing was answered yet.', MIDDLE, TOP)] : []),
    ],
    grid: { left: MIDDLE + 96, top: TOP + 32, width: PANEL_WIDTH - 96 - 64, height: 104 },
    xAxis: {
      type: 'log',
      min: Math.min(...ends, 60_000) / 1.3,
      max: Math.max(...ends, 3_600_000) * 1.3,
      show: false,
    },
    yAxis: rowNames(rows.map(({ name }) => name)),
    series: [
      {
        type: 'custom',
        renderItem: drawSpread,
        encode: { x: [0, 1, 2], y: 3 },
        data: rows.map(({ spread }, row) => [
          ...[spread.low, spread.median, spread.high].map(atLeastSecond),
          row,
        ]),
      },
    ],
  };
}

function services({ services: all, private: hidden }: IncidentStats): Panel {
  const shown = all.slice(0, ROWS);
  const rest = all.slice(ROWS).reduce((count, service) => count + service.count, 0);
  const rows = [
    ...shown.map(({ id, count, resolved }) => ({
      name: drawable(id),
      count,
      label: resolved === undefined ? `${count}` : `${count} · over in ${shortDuration(resolved.median)}`,
    })),
    ...(rest + hidden === 0 ? [] : [{ name: 'others', count: rest + hidden, label: `${rest + hidden}` }]),
  ];
  return bars('By service', LEFT, {
    names: rows.map(({ name }) => name),
    layers: [{ name: 'incidents', colour: COLOURS.bar, data: rows.map(({ count }) => count) }],
    labels: rows.map(({ label }) => label),
    legend: [],
  });
}

function pages({ pages: all }: IncidentStats): Panel {
  const shown = all.slice(0, ROWS + 1);
  const layers: Layer[] = [
    { name: 'by day', colour: COLOURS.day, data: shown.map(({ day }) => day) },
    { name: 'at night', colour: COLOURS.night, data: shown.map(({ night }) => night) },
  ];
  const panel = bars('Pages by person', MIDDLE, {
    names: shown.map(({ name }) => drawable(name)),
    layers,
    labels: shown.map(({ day, night }) => `${day + night}`),
    legend: layers,
  });
  if (shown.length > 0) return panel;
  return { ...panel, titles: [...panel.titles, remark('Nobody was paged.', MIDDLE, BELOW)] };
}

interface Layer {
  name: string;
  colour: string;
  data: number[];
}

function bars(
  title: string,
  left: number,
  { names, layers, labels, legend }: { names: string[]; layers: Layer[]; labels: string[]; legend: Layer[] },
): Panel {
  const totals = names.map((_, index) => layers.reduce((all, { data }) => all + (data[index] ?? 0), 0));
  return {
    titles: panelTitle(title, left, BELOW, legend),
    grid: { left: left + 126, top: BELOW + 26, width: PANEL_WIDTH - 126 - 104, height: names.length * ROW },
    xAxis: { type: 'value', show: false, max: Math.max(1, ...totals) },
    yAxis: rowNames(names),
    series: stacked(title, layers, { size: 13, labels, position: 'right' }),
  };
}

/** One on the other, with what is said of them all behind the last. */
function stacked(
  stack: string,
  layers: Layer[],
  { size, labels, position }: { size: string | number; labels: string[]; position: 'top' | 'right' },
): object[] {
  const drawn = layers.map(({ colour, data }) => ({
    type: 'bar',
    stack,
    data,
    barWidth: size,
    itemStyle: { color: colour },
  }));
  const said = {
    type: 'bar',
    stack,
    data: labels.map((formatter) => ({ value: 0, label: { formatter } })),
    label: { show: true, position, distance: 4, color: COLOURS.text, fontSize: 11 },
  };
  return [...drawn, said];
}

const SMALL = { color: COLOURS.quiet, fontSize: 11 };

function rowNames(names: string[]): object {
  return {
    type: 'category',
    inverse: true,
    data: names,
    axisTick: { show: false },
    axisLine: { show: false },
    axisLabel: { color: COLOURS.text, fontSize: 12, margin: 8 },
  };
}

/** With the meaning of the colours behind it. Nobody measures letters here: places are reckoned generously. */
function panelTitle(
  text: string,
  left: number,
  top: number,
  legend: { name: string; colour: string }[],
): object[] {
  const title = { fontSize: 13, fontWeight: 'bold', color: COLOURS.text };
  let at = left + text.length * 7.8 + 14;
  const meanings = legend.map(({ name, colour }) => {
    const style = { ...SMALL, fontWeight: 'normal', rich: { colour: { color: colour, fontSize: 12 } } };
    const meaning = { text: `{colour|■} ${name}`, left: at, top, padding: 0, textStyle: style };
    at += name.length * 6.4 + 24;
    return meaning;
  });
  return [{ text, left, top, padding: 0, textStyle: title }, ...meanings];
}

function remark(text: string, left: number, top: number): object {
  return { text, left, top: top + 36, padding: 0, textStyle: { ...SMALL, fontWeight: 'normal' } };
}

function sayCount(count: number): string {
  return count === 0 ? '' : `${count}`;
}

function stretchName(stretches: IncidentStats['stretches']): string {
  const days = stretches[0]?.days;
  return days === 1 ? 'day' : days === 7 ? 'week' : '30 days';
}

/** `5 Mar` */
function dayOf(date: string): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(date),
  );
}

/** Where a logarithm can be drawn. */
function atLeastSecond(ms: number): number {
  return Math.max(1_000, ms);
}
