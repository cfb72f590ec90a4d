import { useInfiniteQuery } from "@tanstack/react-query";
import { api, type Outputs } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { Copyable } from "../parts/copy.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";

type Row = Outputs["audit"]["checkpoints"]["data"][number];

const ROWS_A_PAGE = 10;

const COLUMNS: readonly Column<Row>[] = [
  { name: "Up to event", cell: (checkpoint) => checkpoint.seq.toLocaleString(), numeric: true },
  { name: "Signed", cell: (checkpoint) => <Time iso={checkpoint.time} /> },
  { name: "Hash of that event", cell: (checkpoint) => <Copyable text={checkpoint.hash} short /> },
  { name: "Signature", cell: (checkpoint) => <Copyable text={checkpoint.sig} short />, roomyOnly: true },
  { name: "Key", cell: (checkpoint) => <code className="font-mono text-xs">{checkpoint.key_id}</code>, wideOnly: true },
];

export function Checkpoints() {
  const list = useInfiniteQuery({
    queryKey: ["checkpoints"],
    queryFn: ({ pageParam }) =>
      api.audit.checkpoints.query({ limit: ROWS_A_PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const rows = list.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Panel title="Signed checkpoints">
      <p className="mb-3 text-sm text-muted">
        Each pins the chain up to an event with a signature that needs no secret to check. Keep some outside: they show
        that a log was not cut or rolled back.
      </p>
      {list.error !== null && <Failed error={list.error} onRetry={() => list.refetch()} />}
      {list.isPending && <Loading lines={3} />}
      {list.data !== undefined && rows.length === 0 && (
        <Empty title="No checkpoint yet">One is written at least once a minute while there are calls.</Empty>
      )}
      {rows.length > 0 && (
        <Table label="Signed checkpoints" columns={COLUMNS} rows={rows} rowKey={({ seq, hash }) => `${seq}-${hash}`} />
      )}
      {list.hasNextPage && (
        <div className="mt-4 text-center">
          <Button busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            Older checkpoints
          </Button>
        </div>
      )}
    </Panel>
  );
}
