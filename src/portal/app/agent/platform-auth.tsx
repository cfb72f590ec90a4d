import { Badge } from "../parts/badge.tsx";
import { AreaField, CheckField, SelectField, TextField } from "../parts/field.tsx";
import type { Agent } from "./agent.ts";
import { KeyRequired } from "./key-required.tsx";
import type { SettingsForm } from "./settings-form.ts";

const ENCODINGS = [
  ["hex", "Hexadecimal"],
  ["base64", "Base64"],
] as const;

interface PlatformAuthProps {
  readonly agent: Agent;
  readonly form: SettingsForm;
  readonly onChange: (form: SettingsForm) => void;
}

/** How a platform proves that a request is its own. */
export function PlatformAuth({ agent, form, onChange }: PlatformAuthProps) {
  const { header, hmac } = form;
  const setHeader = (change: Partial<SettingsForm["header"]>) =>
    onChange({ ...form, header: { ...header, ...change } });
  const setHmac = (change: Partial<SettingsForm["hmac"]>) => onChange({ ...form, hmac: { ...hmac, ...change } });
  return (
    <div className="space-y-5">
      <KeyRequired checked={form.key_required} onChange={(key_required) => onChange({ ...form, key_required })} />
      <AreaField
        label="Allowed addresses"
        mono
        rows={2}
        hint="One IP address or network (CIDR) a line. Empty: any."
        value={form.allowed_addresses}
        onChange={(event) => onChange({ ...form, allowed_addresses: event.target.value })}
      />
      <div className="grid gap-4 md:grid-cols-2">
        <TextField
          label="Secret header"
          placeholder="X-Vapi-Secret"
          hint="Its name; empty: none is asked for."
          value={header.name}
          onChange={(event) => setHeader({ name: event.target.value })}
        />
        <Secret
          label="Its secret"
          set={agent.platform_auth.header !== null}
          value={header.secret}
          disabled={header.name.trim() === ""}
          onChange={(secret) => setHeader({ secret })}
        />
        <TextField
          label="Signature header (HMAC-SHA256)"
          placeholder="X-Signature"
          hint="Its name; empty: none is asked for."
          value={hmac.header}
          onChange={(event) => setHmac({ header: event.target.value })}
        />
        <Secret
          label="Signing secret"
          set={agent.platform_auth.hmac !== null}
          value={hmac.secret}
          disabled={hmac.header.trim() === ""}
          onChange={(secret) => setHmac({ secret })}
        />
        {hmac.header.trim() !== "" && (
          <>
            <SelectField
              label="Signature written in"
              value={hmac.encoding}
              options={ENCODINGS}
              onChange={(event) => setHmac({ encoding: event.target.value as typeof hmac.encoding })}
            />
            <TextField
              label="Before the signature"
              placeholder="sha256="
              value={hmac.prefix}
              onChange={(event) => setHmac({ prefix: event.target.value })}
            />
            <TextField
              label="Timestamp header"
              hint="When set, old requests are refused."
              value={hmac.timestamp_header}
              onChange={(event) => setHmac({ timestamp_header: event.target.value })}
            />
            <CheckField
              label="Refuse requests without a signature"
              checked={hmac.required}
              onChange={(event) => setHmac({ required: event.target.checked })}
            />
          </>
        )}
      </div>
    </div>
  );
}

interface SecretProps {
  readonly label: string;
  /** One is stored; nobody can read it again. */
  readonly set: boolean;
  readonly value: string;
  readonly disabled: boolean;
  readonly onChange: (secret: string) => void;
}

function Secret({ label, set, value, disabled, onChange }: SecretProps) {
  return (
    <TextField
      label={label}
      type="password"
      autoComplete="off"
      minLength={8}
      disabled={disabled}
      required={!set && !disabled}
      placeholder={set ? "••••••••" : ""}
      hint={
        set ? (
          <>
            <Badge tone="good">set</Badge> It is never shown. Type to replace it.
          </>
        ) : (
          "At least 8 characters."
        )
      }
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
