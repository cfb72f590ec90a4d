import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button } from "./button.tsx";

interface PagerProps {
  readonly page: number;
  readonly pageSize: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}

/** Pages of rows that are all here already. */
export function Pager({ page, pageSize, total, onPage }: PagerProps) {
  const last = Math.max(Math.ceil(total / pageSize) - 1, 0);
  if (last === 0) return null;
  return (
    <div className="mt-3 flex items-center justify-between gap-3 text-sm text-muted">
      <span className="tabular-nums">
        {(page * pageSize + 1).toLocaleString()}–{Math.min((page + 1) * pageSize, total).toLocaleString()} of{" "}
        {total.toLocaleString()}
      </span>
      <span className="flex gap-2">
        <Button aria-label="Previous page" disabled={page === 0} onClick={() => onPage(page - 1)}>
          <ChevronLeft className="size-4" aria-hidden />
        </Button>
        <Button aria-label="Next page" disabled={page === last} onClick={() => onPage(page + 1)}>
          <ChevronRight className="size-4" aria-hidden />
        </Button>
      </span>
    </div>
  );
}
