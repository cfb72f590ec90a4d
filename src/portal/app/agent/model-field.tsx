import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { api } from "../api.ts";
import { TextField } from "../parts/field.tsx";

interface ModelFieldProps {
  readonly value: string;
  readonly required?: boolean;
  readonly onChange: (model: string) => void;
}

/** The model behind an agent, with what is configured as suggestions. */
export function ModelField({ value, required = false, onChange }: ModelFieldProps) {
  const list = useId();
  const upstreams = useQuery({ queryKey: ["upstreams"], queryFn: () => api.system.upstreams.query() });
  const usual = upstreams.data?.default ?? "stub";
  return (
    <>
      <TextField
        label="Model"
        list={list}
        required={required}
        autoComplete="off"
        placeholder={usual}
        hint={`provider:model. ${required ? "" : `Empty: ${usual}. `}“stub” answers by itself, without any network.`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={list}>
        {[...new Set([usual, ...(upstreams.data?.data ?? [])])].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
