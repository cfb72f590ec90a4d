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

/** A table, and where it is narrow a card for each row, with the name of the column beside each value. */
export function Table<Row>({ label, columns, rows, rowKey }: TableProps<Row>) {
  return (
    <ScrollRegion label={label} className="@container relative -mx-4 overflow-x-auto px-4">
      <table aria-label={label} className="block w-full text-sm @xl:table">
        <thead className="sr-only @xl:not-sr-only @xl:table-header-group">
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
        <tbody className="block @xl:table-row-group">
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              className="block border-b py-2.5 first:pt-0 last:border-0 last:pb-0 hover:bg-sunken/60 @xl:table-row"
            >
              {columns.map((column) => (
                <td
                  key={column.name}
                  data-column={column.name}
                  className={`flex min-w-0 items-center justify-between gap-4 py-1 before:shrink-0 before:text-xs before:text-muted before:content-[attr(data-column)] @xl:max-w-72 @xl:truncate @xl:py-2.5 @xl:pr-4 @xl:align-middle @xl:before:content-none @xl:last:pr-0 ${column.numeric ? "tabular-nums @xl:text-right" : ""} ${shown(column)}`}
                >
                  <span className="min-w-0 truncate @xl:contents">{column.cell(row)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

/** The table asks how much room it has itself: beside another panel it has less than the window. */
function shown({ wideOnly = false, roomyOnly = false }: Pick<Column<never>, "wideOnly" | "roomyOnly">): string {
  if (roomyOnly) return "@max-4xl:hidden @4xl:table-cell";
  return wideOnly ? "@max-3xl:hidden @3xl:table-cell" : "@xl:table-cell";
}
