import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../api.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Copyable } from "../parts/copy.tsx";
import { TextField } from "../parts/field.tsx";
import { Panel } from "../parts/panel.tsx";
import { Failed } from "../parts/states.tsx";
import { useMe } from "../signed-in.tsx";

export default function MyAccount() {
  const { user, permissions } = useMe();
  return (
    <div className="grid gap-5 xl:grid-cols-2">
      <Panel title="Who you are">
        <p className="font-medium">{user?.name}</p>
        <p className="text-sm text-muted">{user?.email}</p>
        <p className="mt-3 flex flex-wrap gap-1.5">
          <Badge tone="accent">{user?.role}</Badge>
          {permissions.map((permission) => (
            <Badge key={permission}>{permission}</Badge>
          ))}
        </p>
      </Panel>
      <Password />
      <SecondFactor />
      <Everywhere />
    </div>
  );
}

function Password() {
  const [form, setForm] = useState({ current: "", next: "" });
  const change = useMutation({
    mutationFn: () => api.me.setPassword.mutate({ current_password: form.current, password: form.next }),
    onSuccess: () => setForm({ current: "", next: "" }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Panel title="Password">
      <form onSubmit={submit} className="space-y-4">
        <TextField
          label="Present password"
          type="password"
          autoComplete="current-password"
          required
          value={form.current}
          onChange={(event) => setForm({ ...form, current: event.target.value })}
        />
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          required
          minLength={12}
          hint="At least 12 characters."
          value={form.next}
          onChange={(event) => setForm({ ...form, next: event.target.value })}
        />
        {change.error !== null && <Failed error={change.error} />}
        <Button type="submit" busy={change.isPending}>
          Change the password
        </Button>
        <p role="status" className="text-sm text-good">
          {change.isSuccess ? "Changed." : ""}
        </p>
      </form>
    </Panel>
  );
}

function SecondFactor() {
  const { user } = useMe();
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["me"] });
  const begin = useMutation({ mutationFn: () => api.me.setTotp.mutate({ password }) });
  const confirm = useMutation({
    mutationFn: () => api.me.setTotp.mutate({ code: code.replace(/\s/g, "") }),
    onSuccess: refresh,
  });
  const remove = useMutation({ mutationFn: () => api.me.removeTotp.mutate({ password }), onSuccess: refresh });
  const error = begin.error ?? confirm.error ?? remove.error;
  const secret = confirm.isSuccess ? undefined : begin.data?.secret;
  return (
    <Panel
      title="Second factor"
      actions={<Badge tone={user?.totp_enabled ? "good" : "plain"}>{user?.totp_enabled ? "on" : "off"}</Badge>}
    >
      <div className="space-y-4">
        <p className="text-sm text-muted">A code from an authenticator app beside the password.</p>
        <TextField
          label="Your password"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {secret === undefined ? (
          <div className="flex gap-2">
            <Button busy={begin.isPending} disabled={password === ""} onClick={() => begin.mutate()}>
              {user?.totp_enabled ? "Set up anew" : "Set up"}
            </Button>
            {user?.totp_enabled && (
              <Button look="danger" busy={remove.isPending} disabled={password === ""} onClick={() => remove.mutate()}>
                Switch off
              </Button>
            )}
          </div>
        ) : (
          <>
            <p className="text-sm">Add this key to the app, then type the code that it shows:</p>
            <Copyable text={secret} />
            <TextField
              label="Code"
              inputMode="numeric"
              autoComplete="one-time-code"
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
            <Button busy={confirm.isPending} disabled={code === ""} onClick={() => confirm.mutate()}>
              Switch on
            </Button>
          </>
        )}
        {error !== null && <Failed error={error} />}
      </div>
    </Panel>
  );
}

function Everywhere() {
  const revoke = useMutation({ mutationFn: () => api.me.revokeSessions.mutate(), onSuccess: () => location.reload() });
  return (
    <Panel title="Signed in elsewhere">
      <p className="mb-4 text-sm text-muted">Ends every session of yours, on every device, this one too.</p>
      {revoke.error !== null && <Failed error={revoke.error} />}
      <Button look="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
        Sign out everywhere
      </Button>
    </Panel>
  );
}
