import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Outputs } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { Copyable } from "../parts/copy.tsx";
import { SelectField, TextField } from "../parts/field.tsx";
import { Panel } from "../parts/panel.tsx";
import { Failed, Loading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { useMe } from "../signed-in.tsx";

type User = Outputs["users"]["list"]["data"][number];
type Role = User["role"];

const ROLES = [
  ["admin", "Admin: everything"],
  ["operator", "Operator: agents and policies"],
  ["auditor", "Auditor: reports and audit log, no texts"],
  ["viewer", "Viewer: looks, changes nothing"],
] as const;

export default function Users() {
  const list = useQuery({ queryKey: ["users"], queryFn: () => api.users.list.query({ limit: 100 }) });
  return (
    <div className="space-y-5">
      <Invite />
      <Panel title="Users">
        {list.error !== null && <Failed error={list.error} onRetry={() => list.refetch()} />}
        {list.isPending && <Loading />}
        <ul className="divide-y">
          {list.data?.data.map((user) => (
            <UserRow key={user.id} user={user} />
          ))}
        </ul>
      </Panel>
    </div>
  );
}

function Invite() {
  const [form, setForm] = useState({ email: "", role: "viewer" as Role });
  const queries = useQueryClient();
  const invite = useMutation({
    mutationFn: () => api.users.create.mutate(form),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["users"] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate();
  };
  return (
    <Panel title="Invite somebody">
      <form onSubmit={submit} className="grid items-end gap-4 md:grid-cols-[1fr_1fr_auto]">
        <TextField
          label="E-mail"
          type="email"
          required
          value={form.email}
          onChange={(event) => setForm({ ...form, email: event.target.value })}
        />
        <SelectField
          label="Role"
          options={ROLES}
          value={form.role}
          onChange={(event) => setForm({ ...form, role: event.target.value as Role })}
        />
        <Button type="submit" look="primary" busy={invite.isPending}>
          Make a link
        </Button>
      </form>
      {invite.error !== null && (
        <div className="mt-4">
          <Failed error={invite.error} />
        </div>
      )}
      {invite.data !== undefined && (
        <div className="mt-4 rounded-lg bg-warn-soft px-4 py-3 text-sm text-warn">
          <p className="font-medium">Masker sends no mail: hand this one-time link over yourself.</p>
          <Copyable text={invite.data.invite_url} />
        </div>
      )}
    </Panel>
  );
}

function UserRow({ user }: { readonly user: User }) {
  const me = useMe();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["users"] });
  const change = useMutation({
    mutationFn: (role: Role) => api.users.update.mutate({ user_id: user.id, role }),
    onSuccess: refresh,
  });
  const remove = useMutation({ mutationFn: () => api.users.delete.mutate({ user_id: user.id }), onSuccess: refresh });
  const self = me.user?.id === user.id;
  const error = change.error ?? remove.error;
  return (
    <li className="space-y-2 py-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0">
          <p className="truncate font-medium">{user.name === "" ? user.email : user.name}</p>
          <p className="truncate text-sm text-muted">
            {user.email} · {user.last_seen_at === null ? "never seen" : <Time iso={user.last_seen_at} relative />}
          </p>
        </div>
        <div className="flex items-center gap-2">
          <SelectField
            label={`Role of ${user.email}`}
            quiet
            options={ROLES}
            value={user.role}
            disabled={self || change.isPending}
            onChange={(event) => change.mutate(event.target.value as Role)}
          />
          <Button look="danger" disabled={self} busy={remove.isPending} onClick={() => remove.mutate()}>
            Remove
          </Button>
        </div>
      </div>
      {error !== null && <Failed error={error} />}
    </li>
  );
}
