import type { ReactNode } from "react";
import { ScrollRegion } from "./scroll-region.tsx";

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand at the right. */
  readonly numeric?: boolean;
  /** Left out on narrow screens. */
  readonly wideOnly?: boolean;
  /** Shown only where the table has much room. */
  readonly roomyOnly?: boolean;
}

interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
}

/** A table, and below 768 pixels a card for each row, with the name of the column beside each value. */
export function Table<Row>({ label, columns, rows, rowKey }: TableProps<Row>) {
  return (
    <ScrollRegion label={label} className="-mx-4 relative overflow-x-auto px-4">
      <table aria-label={label} className="block w-full text-sm md:table">
        <thead className="sr-only md:not-sr-only md:table-header-group">
          <tr className="border-b text-xs text-muted">
            {columns.map((column) => (
              <th
                key={column.name}
                scope="col"
                className={`py-2 pr-4 font-medium whitespace-nowrap last:pr-0 ${column.numeric ? "text-right" : "text-left"} ${shown(column)}`}
              >
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="block md:table-row-group">
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              className="block border-b py-2.5 last:border-0 hover:bg-sunken/60 md:table-row md:py-0"
            >
              {columns.map((column) => (
                <td
                  key={column.name}
                  data-column={column.name}
                  className={`flex min-w-0 items-center justify-between gap-4 py-1 before:shrink-0 before:text-xs before:text-muted before:content-[attr(data-column)] md:max-w-72 md:truncate md:py-2.5 md:pr-4 md:align-middle md:before:content-none md:last:pr-0 ${column.numeric ? "tabular-nums md:text-right" : ""} ${shown(column)}`}
                >
                  <span className="min-w-0 truncate md:contents">{column.cell(row)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function shown({ wideOnly = false, roomyOnly = false }: Pick<Column<never>, "wideOnly" | "roomyOnly">): string {
  if (roomyOnly) return "max-xl:hidden xl:table-cell";
  return wideOnly ? "max-md:hidden md:table-cell" : "md:table-cell";
}
