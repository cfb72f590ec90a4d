import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, Tooltip } from "chart.js";
import { useEffect, useRef } from "react";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip);

export interface Series {
  readonly name: string;
  readonly color: string;
  readonly values: readonly number[];
}

interface SeriesChartProps {
  readonly title: string;
  readonly labels: readonly string[];
  readonly series: readonly Series[];
}

/** Stacked bars over time, with the same figures as a table for those who do not see them. */
export default function SeriesChart({ title, labels, series }: SeriesChartProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current === null) return;
    const style = getComputedStyle(document.documentElement);
    const muted = style.getPropertyValue("--muted");
    const line = style.getPropertyValue("--line");
    const chart = new Chart(canvas.current, {
      type: "bar",
      data: {
        labels: [...labels],
        datasets: series.map((one) => ({
          label: one.name,
          data: [...one.values],
          backgroundColor: one.color,
          borderRadius: 2,
        })),
      },
      options: {
        animation: false,
        maintainAspectRatio: false,
        scales: {
          x: { stacked: true, grid: { display: false }, ticks: { color: muted, maxRotation: 0, autoSkipPadding: 16 } },
          y: { stacked: true, beginAtZero: true, grid: { color: line }, ticks: { color: muted, precision: 0 } },
        },
        plugins: { legend: { position: "bottom", labels: { color: muted, boxWidth: 10, boxHeight: 10 } } },
      },
    });
    return () => chart.destroy();
  }, [labels, series]);
  return (
    <figure className="relative min-w-0">
      <div className="relative h-56 min-w-0">
        <canvas ref={canvas} role="img" aria-label={title} />
      </div>
      <div className="sr-only">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {series.map((one) => (
                <th key={one.name} scope="col">
                  {one.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {labels.map((label, at) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {series.map((one) => (
                  <td key={one.name}>{one.values[at]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
