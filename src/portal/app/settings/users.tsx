import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { SelectField, TextField } from "../parts/field.tsx";
import { Panel } from "../parts/panel.tsx";
import { SecretOnce } from "../parts/secret-once.tsx";
import { Failed, Loading } from "../parts/states.tsx";
import { ROLES, type Role } from "./roles.ts";
import { UserRow } from "./user-row.tsx";

const HAND_OVER = "Masker sends no mail: hand this one-time link over yourself.";

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
        <div className="mt-4">
          <SecretOnce hint={HAND_OVER} secret={invite.data.invite_url} />
        </div>
      )}
    </Panel>
  );
}
