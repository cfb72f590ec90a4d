import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { useLocation } from "wouter";
import { api } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { Entrance } from "../parts/entrance.tsx";
import { TextField } from "../parts/field.tsx";
import { Failed } from "../parts/states.tsx";

const MIN_PASSWORD = 12;

/**
 * First admin (`#setup=…`), invited users (`#invite=…`) and forgotten passwords (`#reset=…`): the one-time token rides in the
 * fragment, which no server sees.
 */
export default function Setup() {
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const { purpose, token } = useLink();
  const invited = purpose !== "setup";
  const [form, setForm] = useState({ email: "", name: "", password: "", again: "" });
  const finish = useMutation({
    mutationFn: async () => {
      if (invited) await api.auth.invite.mutate({ invite_token: token, password: form.password });
      else
        await api.auth.setup.mutate({
          setup_token: token,
          email: form.email,
          name: form.name,
          password: form.password,
        });
    },
    onSuccess: () => {
      queries.clear();
      navigate(invited ? "/dashboard" : "/agents/new");
    },
  });
  const short = form.password !== "" && form.password.length < MIN_PASSWORD;
  const differs = form.again !== "" && form.again !== form.password;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!short && !differs) finish.mutate();
  };
  if (token === "") {
    return (
      <Entrance
        title="This link is not whole"
        hint="Open the link as Masker printed it, with everything after the # sign."
      >
        <p className="text-sm text-muted">
          A new setup link comes with <code className="font-mono">masker admin create</code> on the machine that runs
          Masker.
        </p>
      </Entrance>
    );
  }
  return (
    <Entrance
      title={invited ? "Join Masker" : "Set up Masker"}
      hint={invited ? "Choose a password for your account." : "You become the first admin of this installation."}
    >
      <form onSubmit={submit} className="space-y-4">
        {purpose === "setup" && (
          <TextField
            label="E-mail"
            type="email"
            autoComplete="username"
            required
            value={form.email}
            onChange={(event) => setForm({ ...form, email: event.target.value })}
          />
        )}
        {purpose === "setup" && (
          <TextField
            label="Your name"
            autoComplete="name"
            required
            value={form.name}
            onChange={(event) => setForm({ ...form, name: event.target.value })}
          />
        )}
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          required
          hint={`At least ${MIN_PASSWORD} characters.`}
          error={short ? `At least ${MIN_PASSWORD} characters.` : undefined}
          value={form.password}
          onChange={(event) => setForm({ ...form, password: event.target.value })}
        />
        <TextField
          label="Password again"
          type="password"
          autoComplete="new-password"
          required
          error={differs ? "The two passwords differ." : undefined}
          value={form.again}
          onChange={(event) => setForm({ ...form, again: event.target.value })}
        />
        {finish.error !== null && <Failed error={finish.error} />}
        <Button type="submit" look="primary" busy={finish.isPending} className="w-full">
          {invited ? "Join" : "Create the first admin"}
        </Button>
      </form>
    </Entrance>
  );
}

interface OneTimeLink {
  readonly purpose: string;
  readonly token: string;
}

/** Reads the token and takes it out of the address bar, so that it is not in a screenshot or the history. */
function takeFragment(): OneTimeLink {
  const [purpose = "setup", token = ""] = location.hash.slice(1).split("=", 2);
  if (token !== "") history.replaceState(null, "", location.pathname);
  return { purpose, token };
}

/** Taken when this page's script is loaded: React may draw a page twice before it shows it, and a link is there once. */
const opened = takeFragment();

/** The link that the page was opened with, or the one that was pasted into the address bar since. */
function useLink(): OneTimeLink {
  const [link, setLink] = useState(opened);
  useEffect(() => {
    const take = () => {
      if (location.hash !== "") setLink(takeFragment());
    };
    window.addEventListener("hashchange", take);
    return () => window.removeEventListener("hashchange", take);
  }, []);
  return link;
}
