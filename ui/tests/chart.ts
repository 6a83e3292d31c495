/** Stands in for uPlot where there is no canvas: remembers what it is given, and moves its cursor when told to. */
import type uPlot from 'uplot';

const WIDTH = 500;

export class Chart {
  /** Those that are on the page, in the order of their making. */
  static readonly shown: Chart[] = [];

  cursor: { idx: number | null } = { idx: null };
  size: { width: number; height: number };
  redraws = 0;

  constructor(
    readonly options: uPlot.Options,
    public data: uPlot.AlignedData,
    target: HTMLElement,
  ) {
    this.size = { width: options.width, height: options.height };
    target.append(document.createElement('canvas'));
    Chart.shown.push(this);
  }

  setData(data: uPlot.AlignedData) {
    this.data = data;
  }

  setSize(size: { width: number; height: number }) {
    this.size = size;
  }

  redraw() {
    this.redraws += 1;
  }

  valToPos(value: number): number {
    const times = this.data[0];
    const [from, to] = [times[0] ?? 0, times.at(-1) ?? 1];
    return ((value - from) / (to - from)) * WIDTH;
  }

  /** The nearest look to that place, as a pointer finds it; none outside. */
  setCursor({ left }: { left: number }) {
    const far = this.data[0].map((time) => Math.abs(this.valToPos(time) - left));
    this.cursor.idx = left < 0 ? null : far.indexOf(Math.min(...far));
    for (const told of this.options.hooks?.setCursor ?? []) told?.(this as unknown as uPlot);
  }

  destroy() {
    Chart.shown.splice(Chart.shown.indexOf(this), 1);
  }
}
