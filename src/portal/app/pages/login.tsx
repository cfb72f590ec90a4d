import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { api, errorFacts } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { Entrance } from "../parts/entrance.tsx";
import { TextField } from "../parts/field.tsx";
import { Failed } from "../parts/states.tsx";
import { useSignInMethods } from "../sign-in-methods.ts";

export default function Login() {
  const [, navigate] = useLocation();
  const back = safeBack(new URLSearchParams(useSearch()).get("back"));
  const queries = useQueryClient();
  const methods = useSignInMethods();
  const [form, setForm] = useState({ email: "", password: "", totp: "" });
  const signIn = useMutation({
    mutationFn: () =>
      api.auth.login.mutate({
        email: form.email,
        password: form.password,
        ...(form.totp === "" ? {} : { totp: form.totp.replace(/\s/g, "") }),
      }),
    onSuccess: () => {
      queries.clear();
      navigate(back);
    },
  });
  const needsTotp =
    signIn.error !== null &&
    errorFacts(signIn.error).details.some((detail) => detail.message.includes("totp_required"));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <Entrance title="Sign in" hint="Masker runs on your own machine. Nothing you do here leaves the building.">
      <form onSubmit={submit} className="space-y-4">
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          value={form.email}
          onChange={(event) => setForm({ ...form, email: event.target.value })}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={form.password}
          onChange={(event) => setForm({ ...form, password: event.target.value })}
        />
        {(needsTotp || form.totp !== "") && (
          <TextField
            label="Code of your authenticator"
            inputMode="numeric"
            autoComplete="one-time-code"
            autoFocus
            value={form.totp}
            onChange={(event) => setForm({ ...form, totp: event.target.value })}
          />
        )}
        {signIn.error !== null && !(needsTotp && form.totp === "") && <Failed error={signIn.error} />}
        <Button type="submit" look="primary" busy={signIn.isPending} className="w-full">
          Sign in
        </Button>
      </form>
      {(methods.github || methods.oidc) && (
        <div className="mt-5 space-y-2 border-t pt-5">
          {methods.github && <ProviderLink provider="github" back={back} text="Continue with GitHub" />}
          {methods.oidc && <ProviderLink provider="oidc" back={back} text="Continue with single sign-on" />}
        </div>
      )}
    </Entrance>
  );
}

interface ProviderLinkProps {
  readonly provider: "github" | "oidc";
  readonly back: string;
  readonly text: string;
}

function ProviderLink({ provider, back, text }: ProviderLinkProps) {
  return (
    <a
      href={`/api/v1/auth/${provider}?redirect_to=${encodeURIComponent(`/portal${back}`)}`}
      className="flex h-9 items-center justify-center rounded-lg border text-sm font-medium hover:bg-sunken"
    >
      {text}
    </a>
  );
}

/** Only a path of this portal; anything else could lead elsewhere. */
function safeBack(back: string | null): string {
  return back !== null && /^\/[a-z]/.test(back) && !back.includes("\\") ? back : "/dashboard";
}
