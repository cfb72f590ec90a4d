import type { ReactNode } from "react";
import { ScrollRegion } from "./scroll-region.tsx";

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand at the right. */
  readonly numeric?: boolean;
  /** Left out on narrow screens. */
  readonly wideOnly?: boolean;
}

interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
}

export function Table<Row>({ label, columns, rows, rowKey }: TableProps<Row>) {
  const shape = (column: Column<Row>) =>
    `${column.numeric ? "text-right tabular-nums" : "text-left"} ${column.wideOnly ? "hidden md:table-cell" : ""}`;
  return (
    <ScrollRegion label={label} className="-mx-4 overflow-x-auto px-4">
      <table className="w-full text-sm">
        <thead>
          <tr className="border-b text-xs text-muted">
            {columns.map((column) => (
              <th key={column.name} scope="col" className={`py-2 pr-4 font-medium last:pr-0 ${shape(column)}`}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="border-b last:border-0 hover:bg-sunken/60">
              {columns.map((column) => (
                <td
                  key={column.name}
                  className={`max-w-72 truncate py-2.5 pr-4 align-middle last:pr-0 ${shape(column)}`}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
