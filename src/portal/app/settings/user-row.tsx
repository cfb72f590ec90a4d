import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, type Inputs } from "../api.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { SelectField } from "../parts/field.tsx";
import { SecretOnce } from "../parts/secret-once.tsx";
import { Failed } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { useMe } from "../signed-in.tsx";
import { ROLES, type Role, type User } from "./roles.ts";

type Change = Omit<Inputs["users"]["update"], "user_id">;

/** One user, and what an admin can do for them. Nobody can shut themselves out. */
export function UserRow({ user }: { readonly user: User }) {
  const me = useMe();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["users"] });
  const change = useMutation({
    mutationFn: (what: Change) => api.users.update.mutate({ user_id: user.id, ...what }),
    onSuccess: refresh,
  });
  const link = useMutation({ mutationFn: () => api.users.invite.mutate({ user_id: user.id }) });
  const remove = useMutation({ mutationFn: () => api.users.delete.mutate({ user_id: user.id }), onSuccess: refresh });
  const self = me.user?.id === user.id;
  const error = change.error ?? link.error;
  return (
    <li className="space-y-3 py-3 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-64">
          <p className="flex items-center gap-2">
            <span className="truncate font-medium" title={user.name}>
              {user.name === "" ? user.email : user.name}
            </span>
            <States user={user} self={self} />
          </p>
          <p className="truncate text-sm text-muted" title={user.email}>
            {user.name !== "" && user.name !== user.email && `${user.email} · `}
            {user.last_seen_at === null ? "never seen" : <Time iso={user.last_seen_at} relative />}
          </p>
        </div>
        <div className="flex min-w-0 flex-wrap items-center gap-2">
          <SelectField
            label={`Role of ${user.email}`}
            quiet
            options={ROLES}
            value={user.role}
            disabled={self || change.isPending}
            onChange={(event) => change.mutate({ role: event.target.value as Role })}
          />
          <Button disabled={self} busy={link.isPending} onClick={() => link.mutate()}>
            {user.has_password ? "New password link" : "New invitation"}
          </Button>
          {user.totp_enabled && (
            <Button disabled={self} busy={change.isPending} onClick={() => change.mutate({ reset_totp: true })}>
              Reset second factor
            </Button>
          )}
          <Button disabled={self} busy={change.isPending} onClick={() => change.mutate({ disabled: !user.disabled })}>
            {user.disabled ? "Enable" : "Disable"}
          </Button>
          <Confirm
            action="Remove"
            confirm="Remove the user"
            title={`Remove ${user.email}?`}
            hint="Their sessions and tokens end at once. The audit log keeps what they did."
            disabled={self}
            busy={remove.isPending}
            error={remove.error}
            onConfirm={() => remove.mutate()}
          />
        </div>
      </div>
      {error !== null && <Failed error={error} />}
      {link.data !== undefined && (
        <SecretOnce hint="Masker sends no mail: hand this one-time link over yourself." secret={link.data.invite_url} />
      )}
    </li>
  );
}

function States({ user, self }: { readonly user: User; readonly self: boolean }) {
  return (
    <>
      {self && <Badge tone="accent">you</Badge>}
      {user.disabled && <Badge tone="bad">disabled</Badge>}
      {!user.has_password && user.github_login === null && <Badge tone="warn">invited</Badge>}
      {user.totp_enabled && <Badge tone="good">second factor</Badge>}
    </>
  );
}
