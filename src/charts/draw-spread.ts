import type { CustomSeriesOption } from 'echarts/charts';
import { shortDuration } from '../domain/durations.ts';
import { COLOURS } from './colours.ts';

const THICK = 12;

/** A bar over what half of all took, a mark at the one in the middle, and how long that is. */
export const drawSpread: NonNullable<CustomSeriesOption['renderItem']> = (_, api) => {
  const row = api.value(3);
  const [low, median, high] = [0, 1, 2].map((dimension) => api.coord([api.value(dimension), row])) as [
    number[],
    number[],
    number[],
  ];
  const [left = 0, y = 0] = low;
  const [right = 0] = high;
  const [middle = 0] = median;
  return {
    type: 'group',
    children: [
      {
        type: 'rect',
        shape: { x: left, y: y - THICK / 2, width: Math.max(2, right - left), height: THICK },
        style: { fill: COLOURS.day },
      },
      {
        type: 'rect',
        shape: { x: Math.round(middle) - 2, y: y - THICK / 2 - 3, width: 4, height: THICK + 6 },
        style: { fill: COLOURS.night },
      },
      {
        type: 'text',
        style: {
          x: Math.max(right, middle) + 8,
          y,
          text: shortDuration(Number(api.value(1))),
          align: 'left',
          verticalAlign: 'middle',
          fill: COLOURS.text,
          fontSize: 12,
        },
      },
    ],
  };
};
