import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../api.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { TextField } from "../parts/field.tsx";
import { Panel } from "../parts/panel.tsx";
import { SecretOnce } from "../parts/secret-once.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { type Me, useMe } from "../signed-in.tsx";

type Permission = Me["permissions"][number];

export default function Tokens() {
  const queries = useQueryClient();
  const list = useQuery({ queryKey: ["tokens"], queryFn: () => api.tokens.list.query({ limit: 100 }) });
  const remove = useMutation({
    mutationFn: (id: string) => api.tokens.delete.mutate({ token_id: id }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["tokens"] }),
  });
  return (
    <div className="space-y-5">
      <NewToken />
      <Panel title="API tokens">
        {list.error !== null && <Failed error={list.error} onRetry={() => list.refetch()} />}
        {list.isPending && <Loading />}
        {list.data?.data.length === 0 && (
          <Empty title="No token">Programs sign in with one: Authorization: Bearer msk_…</Empty>
        )}
        <ul className="divide-y">
          {list.data?.data.map((token) => (
            <li key={token.id} className="flex flex-wrap items-center justify-between gap-3 py-3">
              <div className="min-w-0 space-y-1">
                <p className="truncate font-medium">{token.name}</p>
                <p className="flex flex-wrap gap-1">
                  {token.permissions.map((permission) => (
                    <Badge key={permission}>{permission}</Badge>
                  ))}
                </p>
                <p className="text-xs text-muted">
                  made <Time iso={token.created_at} relative />
                  {token.expires_at === null ? ", never expires" : ", expires "}
                  {token.expires_at !== null && <Time iso={token.expires_at} />}
                  {token.last_used_at === null ? ", never used" : ", used "}
                  {token.last_used_at !== null && <Time iso={token.last_used_at} relative />}
                </p>
              </div>
              <Confirm
                action="Revoke"
                confirm="Revoke the token"
                title={`Revoke ${token.name}?`}
                hint="Whoever uses it is refused from the next request on."
                busy={remove.isPending}
                error={remove.error}
                onConfirm={() => remove.mutate(token.id)}
              />
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

function NewToken() {
  const { permissions } = useMe();
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const [chosen, setChosen] = useState<readonly Permission[]>(["sessions:read"]);
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: () =>
      api.tokens.create.mutate({
        name,
        permissions: [...chosen],
        ...(days === "" ? {} : { expires_in_days: Number(days) }),
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["tokens"] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const toggle = (permission: Permission) =>
    setChosen(chosen.includes(permission) ? chosen.filter((one) => one !== permission) : [...chosen, permission]);
  return (
    <Panel title="New token">
      <form onSubmit={submit} className="space-y-4">
        <div className="grid gap-4 md:grid-cols-2">
          <TextField
            label="Name"
            required
            placeholder="nightly export"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <TextField
            label="Expires after (days)"
            type="number"
            min={1}
            max={3650}
            hint="Empty: never."
            value={days}
            onChange={(event) => setDays(event.target.value)}
          />
        </div>
        <fieldset>
          <legend className="mb-2 text-sm font-medium">What it may do</legend>
          <div className="flex flex-wrap gap-x-5 gap-y-2">
            {permissions.map((permission) => (
              <label key={permission} className="flex items-center gap-2 text-sm">
                <input
                  type="checkbox"
                  checked={chosen.includes(permission)}
                  onChange={() => toggle(permission)}
                  className="size-4 accent-accent"
                />
                {permission}
              </label>
            ))}
          </div>
        </fieldset>
        {create.error !== null && <Failed error={create.error} />}
        <Button type="submit" look="primary" busy={create.isPending} disabled={chosen.length === 0}>
          Make the token
        </Button>
        {create.data !== undefined && <SecretOnce hint="Shown this once." secret={create.data.secret} />}
      </form>
    </Panel>
  );
}
