/** What is drawn of the databases over time: scales, labels and marks. Knows the canvas, and no page. */
import type uPlot from 'uplot';

import type { GrowthPoint, Verdict } from '../bindings/api';
import { count, size } from '../text/format';
import { localeInUse } from '../text/language';

/** What the curve shows. */
export type Measure = 'size' | 'rows';

/** Colours of the moment, as a canvas understands them. */
export type Palette = Record<'text' | 'grid' | 'line' | 'fill' | 'page' | Verdict, string>;

/** Sound looks are marked only where so many pixels lie between them. */
const MARK_DISTANCE = 9;

const DAY = 86_400;

/** Points as columns: seconds since 1970, and what is shown. */
export function columnsOf(points: GrowthPoint[], measure: Measure): uPlot.AlignedData {
  const values = points.map((one) => (measure === 'size' ? one.size_bytes : one.row_count));
  return [points.map((one) => Date.parse(one.at) / 1000), values];
}

/** A little room at both ends, so that no mark is cut off. */
export function timeRange(from: number, to: number): [number, number] {
  const room = to > from ? (to - from) * 0.02 : 60;
  return [from - room, to + room];
}

/** A flat curve stays flat: small changes are not blown up to the whole height. */
export function valueRange(low: number | null, top: number | null): [number, number] {
  if (low === null || top === null || top <= 0) return [0, 1];
  const room = Math.max(top - low, top * 0.1);
  return [Math.max(0, low - room), top + room * 0.35];
}

/** Steps of 1, 2, 4 … 512 of each unit, as sizes are told. */
export const SIZE_STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power);

/** 1, 2, 5, 10, 20 …: there is no half row. */
export const ROW_STEPS = Array.from({ length: 36 }, (_, step) => {
  const decade = 10 ** Math.floor(step / 3);
  return ([1, 2, 5][step % 3] ?? 1) * decade;
});

const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(localeInUse(), options);
const monthOnly = format({ month: 'short', year: 'numeric' });
const dayOnly = format({ day: 'numeric', month: 'short' });
const timeOnly = format({ hour: 'numeric', minute: '2-digit' });
const toTheSecond = format({ hour: 'numeric', minute: '2-digit', second: '2-digit' });

/** Labels of the time axis; `step` lies between them. */
export function timeLabels(seconds: number[], step: number): string[] {
  let shown = '';
  return seconds.map((one) => {
    const moment = new Date(one * 1000);
    if (step >= 28 * DAY) return monthOnly.format(moment);
    const day = dayOnly.format(moment);
    if (step >= DAY) return day;
    const time = (step < 60 ? toTheSecond : timeOnly).format(moment);
    const label = day === shown ? time : `${time}\n${day}`;
    shown = day;
    return label;
  });
}

/** Half of a label, at the width of its letters, lies before the right edge. */
function fits(chart: uPlot, seconds: number, label: string): boolean {
  const half = 3.5 * Math.max(...label.split('\n').map((line) => line.length));
  const { max } = chart.scales.x ?? {};
  if (max === undefined || max === null) return true;
  return chart.valToPos(max, 'x') - chart.valToPos(seconds, 'x') >= half - 6;
}

/** A sign for each verdict: told apart by its shape, too. */
export function markPath(verdict: Verdict, x: number, y: number, radius: number): Path2D {
  const path = new Path2D();
  if (verdict === 'damaged') {
    path.moveTo(x, y - radius * 1.5);
    path.lineTo(x + radius * 1.45, y + radius);
    path.lineTo(x - radius * 1.45, y + radius);
    path.closePath();
  } else if (verdict === 'not-checkable') {
    path.moveTo(x, y - radius * 1.4);
    path.lineTo(x + radius * 1.4, y);
    path.lineTo(x, y + radius * 1.4);
    path.lineTo(x - radius * 1.4, y);
    path.closePath();
  } else {
    path.arc(x, y, radius, 0, 2 * Math.PI);
  }
  return path;
}

function drawMarks(chart: uPlot, points: GrowthPoint[], palette: Palette) {
  const { ctx } = chart;
  const ratio = devicePixelRatio || 1;
  const values = chart.data[1] ?? [];
  const crowded = chart.bbox.width / ratio / Math.max(points.length, 1) < MARK_DISTANCE;
  ctx.save();
  ctx.lineWidth = 1.75 * ratio;
  points.forEach((point, index) => {
    const value = values[index];
    if (value === null || value === undefined) return;
    const sound = point.verdict === 'sound';
    if (sound && crowded) return;
    const x = chart.valToPos(Date.parse(point.at) / 1000, 'x', true);
    const y = chart.valToPos(value, 'y', true);
    const hollow = point.verdict === 'not-checked';
    const path = markPath(point.verdict, x, y, (sound || hollow ? 2.75 : 4) * ratio);
    ctx.fillStyle = hollow ? palette.page : palette[point.verdict];
    ctx.strokeStyle = sound || hollow ? palette[point.verdict] : palette.page;
    ctx.fill(path);
    ctx.stroke(path);
  });
  ctx.restore();
}

/** What the chart asks for while it draws. */
export interface Source {
  points: () => GrowthPoint[];
  measure: () => Measure;
  palette: () => Palette;
  /** The look under the pointer; `null` where there is none. */
  onpick: (index: number | null) => void;
}

/** How the curve is drawn. Colours are asked for each time, so that a redraw is enough. */
export function optionsOf(source: Source, width: number, height: number): uPlot.Options {
  const { palette } = source;
  const axis = {
    stroke: () => palette().text,
    grid: { show: false },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  const steps = () => (source.measure() === 'size' ? SIZE_STEPS : ROW_STEPS);
  const label = (value: number) => (source.measure() === 'size' ? size(value) : count(value));
  return {
    width,
    height,
    padding: [10, 6, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 11, width: 2, fill: () => palette().page, stroke: () => palette().line },
    },
    scales: {
      x: { time: true, range: (_, from, to) => timeRange(from, to) },
      y: { range: (_, low, top) => valueRange(low, top) },
    },
    axes: [
      {
        ...axis,
        space: 84,
        size: (_, labels) => (labels?.some((one) => one.includes('\n')) ? 42 : 26),
        values: (chart, splits, _, __, step) =>
          timeLabels(splits, step).map((label, index) =>
            fits(chart, splits[index] ?? 0, label) ? label : '',
          ),
      },
      {
        ...axis,
        grid: { stroke: () => palette().grid, width: 1 },
        size: (_, labels) => 18 + 7 * Math.max(0, ...(labels ?? []).map((one) => one.length)),
        space: 44,
        incrs: steps,
        values: (_, splits) => splits.map(label),
      },
    ],
    series: [
      {},
      {
        stroke: () => palette().line,
        fill: () => palette().fill,
        width: 2,
        spanGaps: true,
        points: { show: false },
      },
    ],
    hooks: {
      draw: [(chart) => drawMarks(chart, source.points(), palette())],
      setCursor: [(chart) => source.onpick(chart.cursor.idx ?? null)],
    },
  };
}
