import { useElementSize } from '@mantine/hooks';
import { useId } from 'react';
import { count } from '../say.ts';
import { Scroll } from './scroll.tsx';

const HEIGHT = 150;
const TOP = 8;
const BOTTOM = 20;
const LEFT = 46;
const LABELS_MIN_GAP = 64;
/** Half the width of a label, so that it stays within the picture. */
const LABEL_HALF = 24;

/** How a series is drawn: each has a fill and a pattern of its own, so that it can be told without colour. */
export type Fill = 'plain' | 'striped' | 'dotted' | 'hollow';

export interface Series {
  readonly name: string;
  readonly fill: Fill;
  readonly tone: 'accent' | 'good' | 'warn' | 'bad';
}

export interface Slot {
  /** Tells it from the others. */
  readonly at: string;
  readonly label: string;
  /** One value for each series, in their order. */
  readonly values: readonly number[];
}

interface ChartProps {
  readonly title: string;
  readonly series: readonly Series[];
  readonly slots: readonly Slot[];
  readonly format?: (value: number) => string;
  readonly empty: string;
}

/** Stacked bars with a table behind them. */
export function BarChart(props: ChartProps) {
  const { ref, width } = useElementSize();
  const id = useId();
  const format = props.format ?? count;
  const totals = props.slots.map((slot) => slot.values.reduce((sum, value) => sum + value, 0));
  const most = niceMost(Math.max(0, ...totals));
  const isEmpty = totals.every((total) => total === 0);
  return (
    <figure className="chart">
      <Legend {...props} series={isEmpty ? [] : props.series} id={id} />
      <div ref={ref} className="chart-box">
        {isEmpty && <p className="note">{props.empty}</p>}
        {!isEmpty && width > 0 && (
          <svg
            width={width}
            height={HEIGHT}
            role="img"
            aria-label={`${props.title}. The figures are in the table below.`}
          >
            <Patterns id={id} series={props.series} />
            <Scale most={most} width={width} format={format} />
            {props.slots.map((slot, at) => (
              <Bar
                key={slot.at}
                slot={slot}
                at={at}
                id={id}
                most={most}
                width={width}
                series={props.series}
                of={props.slots.length}
              />
            ))}
            <SlotLabels slots={props.slots} width={width} />
          </svg>
        )}
      </div>
      {!isEmpty && <ChartTable {...props} format={format} />}
    </figure>
  );
}

function Bar({
  slot,
  at,
  of,
  id,
  most,
  width,
  series,
}: {
  slot: Slot;
  at: number;
  of: number;
  id: string;
  most: number;
  width: number;
  series: readonly Series[];
}) {
  const step = (width - LEFT) / of;
  const thick = Math.max(2, Math.min(28, step * 0.7));
  let below = 0;
  return slot.values.map((value, which) => {
    const tall = (value / most) * (HEIGHT - TOP - BOTTOM);
    below += tall;
    const one = series[which];
    if (!one || tall <= 0) return null;
    return (
      <rect
        key={one.name}
        x={LEFT + step * at + (step - thick) / 2}
        y={HEIGHT - BOTTOM - below}
        width={thick}
        height={Math.max(1, tall)}
        className={`tone-${one.tone}`}
        fill={one.fill === 'plain' ? 'currentColor' : `url(#${id}-${which})`}
        stroke="currentColor"
        strokeWidth="1"
      />
    );
  });
}

/** Lines over the slots: for what is measured, not counted. A slot of zero was not measured, and is left out. */
export function LineChart(props: ChartProps) {
  const { ref, width } = useElementSize();
  const id = useId();
  const format = props.format ?? count;
  const most = niceMost(Math.max(0, ...props.slots.flatMap((slot) => slot.values)));
  const isEmpty = props.slots.every((slot) => slot.values.every((value) => value === 0));
  const x = (at: number) => LEFT + ((width - LEFT) / props.slots.length) * (at + 0.5);
  const y = (value: number) => HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM);
  return (
    <figure className="chart">
      <Legend {...props} series={isEmpty ? [] : props.series} id={id} isLine />
      <div ref={ref} className="chart-box">
        {isEmpty && <p className="note">{props.empty}</p>}
        {!isEmpty && width > 0 && (
          <svg
            width={width}
            height={HEIGHT}
            role="img"
            aria-label={`${props.title}. The figures are in the table below.`}
          >
            <Scale most={most} width={width} format={format} />
            {props.series.map((one, which) => (
              <polyline
                key={one.name}
                className={`tone-${one.tone}`}
                points={props.slots
                  .flatMap((slot, at) =>
                    (slot.values[which] ?? 0) > 0
                      ? [`${x(at).toFixed(1)},${y(slot.values[which] ?? 0).toFixed(1)}`]
                      : [],
                  )
                  .join(' ')}
                fill="none"
                stroke="currentColor"
                strokeWidth="2"
                strokeDasharray={one.fill === 'plain' ? undefined : '5 4'}
              />
            ))}
            {props.series.map((one, which) =>
              props.slots.map((slot, at) =>
                (slot.values[which] ?? 0) > 0 ? (
                  <circle
                    key={`${one.name} ${slot.at}`}
                    className={`tone-${one.tone}`}
                    cx={x(at)}
                    cy={y(slot.values[which] ?? 0)}
                    r="3"
                    fill={one.fill === 'plain' ? 'currentColor' : 'none'}
                    stroke="currentColor"
                    strokeWidth="1.5"
                  />
                ) : null,
              ),
            )}
            <SlotLabels slots={props.slots} width={width} />
          </svg>
        )}
      </div>
      {!isEmpty && <ChartTable {...props} format={format} />}
    </figure>
  );
}

function Scale({ most, width, format }: { most: number; width: number; format: (value: number) => string }) {
  return [0, 0.5, 1].map((part) => {
    const y = HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
    return (
      <g key={part}>
        <line x1={LEFT} x2={width} y1={y} y2={y} className="chart-line" />
        <text x={LEFT - 6} y={y + 4} textAnchor="end" className="chart-word">
          {format(most * part)}
        </text>
      </g>
    );
  });
}

function SlotLabels({ slots, width }: { slots: readonly Slot[]; width: number }) {
  const step = (width - LEFT) / slots.length;
  const every = Math.max(1, Math.ceil(LABELS_MIN_GAP / step));
  return slots.map((slot, at) =>
    at % every === 0 ? (
      <text
        key={slot.at}
        // The last one may stand so near the edge that half of it would be cut off.
        x={Math.min(LEFT + step * (at + 0.5), width - LABEL_HALF)}
        y={HEIGHT - 5}
        textAnchor="middle"
        className="chart-word"
      >
        {slot.label}
      </text>
    ) : null,
  );
}

function Patterns({ id, series }: { id: string; series: readonly Series[] }) {
  return (
    <defs>
      {series.map((one, which) => (
        <pattern
          key={one.name}
          id={`${id}-${which}`}
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          className={`tone-${one.tone}`}
        >
          {one.fill === 'striped' && <path d="M0 6 6 0M-1 1l2-2M5 7l2-2" stroke="currentColor" strokeWidth="1.500" />}
          {one.fill === 'dotted' && <circle cx="3" cy="3" r="1.300" fill="currentColor" />}
        </pattern>
      ))}
    </defs>
  );
}

function Legend({ title, series, id, isLine }: ChartProps & { id: string; isLine?: boolean }) {
  return (
    <figcaption>
      <span className="chart-title">{title}</span>
      {series.map((one) => (
        <span key={one.name} className="legend">
          <svg width="14" height="12" aria-hidden="true" className={`tone-${one.tone}`} focusable="false">
            {isLine ? (
              <line
                x1="0"
                x2="14"
                y1="6"
                y2="6"
                stroke="currentColor"
                strokeWidth="2"
                strokeDasharray={one.fill === 'plain' ? undefined : '4 3'}
              />
            ) : (
              <Swatch fill={one.fill} id={`${id}-legend-${one.name.replaceAll(' ', '-')}`} />
            )}
          </svg>
          {one.name}
        </span>
      ))}
    </figcaption>
  );
}

function Swatch({ fill, id }: { fill: Fill; id: string }) {
  return (
    <>
      <defs>
        <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse">
          {fill === 'striped' && <path d="M0 6 6 0M-1 1l2-2M5 7l2-2" stroke="currentColor" strokeWidth="1.500" />}
          {fill === 'dotted' && <circle cx="3" cy="3" r="1.300" fill="currentColor" />}
        </pattern>
      </defs>
      <rect
        x="1"
        y="1"
        width="12"
        height="10"
        stroke="currentColor"
        fill={fill === 'plain' ? 'currentColor' : `url(#${id})`}
      />
    </>
  );
}

function ChartTable({ title, series, slots, format = count }: ChartProps) {
  return (
    <details>
      <summary>Figures as a table</summary>
      <Scroll label={`Figures: ${title}`} isLow>
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">When</th>
              {series.map((one) => (
                <th key={one.name} scope="col" className="right">
                  {one.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {slots.map((slot) => (
              <tr key={slot.at}>
                <th scope="row">{slot.label}</th>
                {slot.values.map((value, at) => (
                  <td key={series[at]?.name} className="right figure">
                    {format(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}

/** A round figure above the value, whose half is round too. */
function niceMost(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const fits = [1, 2, 4, 6, 8, 10].find((step) => value <= step * power) ?? 10;
  return Math.max(2, fits * power);
}
