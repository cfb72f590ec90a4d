import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Link } from "wouter";
import { KeyChoice } from "../agent/key-required.tsx";
import { ModelField } from "../agent/model-field.tsx";
import { RecipeTabs } from "../agent/recipe-tabs.tsx";
import { proxyBase } from "../agent/recipes.ts";
import { TestCall } from "../agent/test-call.tsx";
import { Url } from "../agent/url.tsx";
import { api, errorFacts, type Outputs } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { SelectField, TextField } from "../parts/field.tsx";
import { PageHead, Panel } from "../parts/panel.tsx";
import { SecretOnce } from "../parts/secret-once.tsx";
import { Failed } from "../parts/states.tsx";

type Created = Outputs["agents"]["create"];

const STEPS = ["Name and platform", "Model, policy, tokens", "Connect"] as const;
const PLATFORMS = [
  ["custom", "My own, or another"],
  ["vapi", "Vapi"],
  ["elevenlabs", "ElevenLabs"],
  ["bolna", "Bolna"],
  ["livekit", "LiveKit"],
] as const;
const TOKENIZATIONS = [
  ["vault-deterministic", "Random tokens, values in the vault (recommended)"],
  ["reversible-aead", "Sealed tokens, no vault"],
] as const;

export default function NewAgent() {
  const [step, setStep] = useState(0);
  const [form, setForm] = useState({
    name: "",
    platform: "custom" as (typeof PLATFORMS)[number][0],
    upstream: "",
    policy_name: "healthcare-default",
    tokenization: "vault-deterministic" as (typeof TOKENIZATIONS)[number][0],
    key_required: null as boolean | null,
  });
  const [created, setCreated] = useState<Created | null>(null);
  const queries = useQueryClient();
  const policies = useQuery({ queryKey: ["policies"], queryFn: () => api.policies.list.query({ limit: 100 }) });
  const upstreams = useQuery({ queryKey: ["upstreams"], queryFn: () => api.system.upstreams.query() });
  const create = useMutation({
    mutationFn: () =>
      api.agents.create.mutate({
        name: form.name.trim(),
        platform: form.platform,
        policy_name: form.policy_name,
        tokenization: form.tokenization,
        upstream: form.upstream.trim() || (upstreams.data?.default ?? "stub"),
        ...(form.key_required === null ? {} : { platform_auth: { key_required: form.key_required } }),
      }),
    onSuccess: (answer) => {
      setCreated(answer);
      setStep(2);
      void queries.invalidateQueries({ queryKey: ["agents"] });
    },
  });
  const nameError =
    create.error !== null && errorFacts(create.error).code === "name_taken"
      ? "An agent has that name already."
      : undefined;
  const next = (event: FormEvent) => {
    event.preventDefault();
    if (step === 0) setStep(1);
    else create.mutate();
  };
  return (
    <>
      <PageHead title="New agent" hint="Three steps; the last one gives the URL for your voice platform." />
      <Steps current={step} />
      <Panel className="mt-5 max-w-3xl">
        {created === null ? (
          <form onSubmit={next} className="space-y-5">
            {step === 0 ? (
              <>
                <TextField
                  label="Name"
                  required
                  maxLength={64}
                  autoFocus
                  placeholder="appointment-line"
                  error={nameError}
                  hint="Unique in your account; you see it in sessions and reports."
                  value={form.name}
                  onChange={(event) => setForm({ ...form, name: event.target.value })}
                />
                <SelectField
                  label="Voice platform"
                  options={PLATFORMS}
                  value={form.platform}
                  onChange={(event) => setForm({ ...form, platform: event.target.value as typeof form.platform })}
                />
              </>
            ) : (
              <>
                <ModelField value={form.upstream} onChange={(upstream) => setForm({ ...form, upstream })} />
                <SelectField
                  label="Policy"
                  hint="What is detected, and what happens to it."
                  options={(policies.data?.data ?? [{ name: "healthcare-default" }]).map(
                    (policy) => [policy.name, policy.name] as const,
                  )}
                  value={form.policy_name}
                  onChange={(event) => setForm({ ...form, policy_name: event.target.value })}
                />
                <SelectField
                  label="Tokens"
                  options={TOKENIZATIONS}
                  value={form.tokenization}
                  onChange={(event) =>
                    setForm({ ...form, tokenization: event.target.value as typeof form.tokenization })
                  }
                />
                <KeyChoice
                  required={form.key_required}
                  onChange={(key_required) => setForm({ ...form, key_required })}
                />
              </>
            )}
            {create.error !== null && <Failed error={create.error} />}
            <div className="flex justify-between">
              <Button look="quiet" disabled={step === 0} onClick={() => setStep(step - 1)}>
                Back
              </Button>
              <Button type="submit" look="primary" busy={create.isPending} disabled={form.name.trim() === ""}>
                {step === 0 ? "Next" : "Create the agent"}
              </Button>
            </div>
          </form>
        ) : (
          <Connect created={created} />
        )}
      </Panel>
    </>
  );
}

function Steps({ current }: { readonly current: number }) {
  return (
    <ol className="flex flex-wrap gap-2 text-sm">
      {STEPS.map((title, step) => (
        <li
          key={title}
          aria-current={step === current ? "step" : undefined}
          className={`flex items-center gap-2 rounded-full border px-3 py-1 ${step === current ? "border-accent bg-accent-soft font-medium text-accent" : "text-muted"}`}
        >
          {step < current ? (
            <Check className="size-3.5" aria-hidden />
          ) : (
            <span className="tabular-nums">{step + 1}</span>
          )}
          {title}
        </li>
      ))}
    </ol>
  );
}

function Connect({ created }: { readonly created: Created }) {
  const key = created.agent_key ?? null;
  return (
    <div className="space-y-5">
      <dl className="grid gap-3">
        <Url name="Proxy URL" url={created.agent.proxy_url} />
        <Url name="Webhook URL" url={created.agent.webhook_url} />
      </dl>
      {key === null ? (
        <p className="rounded-lg bg-warn-soft px-4 py-3 text-sm text-warn">
          This agent asks for no key: whoever reaches this machine and knows the URL can send requests.
        </p>
      ) : (
        <SecretOnce hint="The agent key is shown this once. Give it to the platform as its API key." secret={key} />
      )}
      <RecipeTabs
        platform={created.agent.platform}
        facts={{ proxyBase: proxyBase(created.agent.proxy_url), webhookUrl: created.agent.webhook_url, agentKey: key }}
      />
      <div className="border-t pt-5">
        <TestCall agentId={created.agent.id} />
      </div>
      <Link
        href={`/agents/detail?id=${created.agent.id}`}
        className="inline-block text-sm font-medium text-accent hover:underline"
      >
        Go to the agent
      </Link>
    </div>
  );
}
