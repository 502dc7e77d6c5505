import { BarChart, CustomChart } from 'echarts/charts';
import { GridComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { IncidentStats } from '../domain/incident-stats.ts';
import { PALETTE } from './colours.ts';
import { HEIGHT, statsChart, WIDTH } from './incident-stats-chart.ts';
import { renderPng } from './render-png.ts';

use([BarChart, CustomChart, GridComponent, TitleComponent, SVGRenderer]);

/** PNG, as base64. Loading this file takes some 400 ms, and is best put off until a picture is asked for. */
export function drawIncidentStats(stats: IncidentStats): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  try {
    chart.setOption(statsChart(stats));
    return Buffer.from(renderPng(chart.renderToSVGString(), PALETTE)).toString('base64');
  } finally {
    chart.dispose();
  }
}
