/** Ready-made settings for the platforms, around an agent's URLs. `proxyBase` ends in `/v1`: clients append the rest. */
export interface Recipe {
  readonly platform: string;
  readonly title: string;
  readonly steps: readonly string[];
  readonly code: string;
}

export interface RecipeFacts {
  readonly proxyBase: string;
  readonly webhookUrl: string;
  /** Null when the agent asks for none. */
  readonly agentKey: string | null;
}

/** Base form of a proxy URL, which OpenAI-style clients complete themselves. */
export function proxyBase(proxyUrl: string): string {
  return proxyUrl.replace(/\/chat\/completions\/?$/, "");
}

export function recipes(facts: RecipeFacts): readonly Recipe[] {
  const key = facts.agentKey ?? "not-needed";
  const json = (value: unknown) => JSON.stringify(value, null, 2);
  return [
    {
      platform: "vapi",
      title: "Vapi",
      steps: [
        "Assistant › Model: provider Custom LLM, and the URL below.",
        "Put the agent key into the Custom LLM credential (API key).",
        "Or let Masker answer assistant requests: set the Server URL to the webhook URL.",
      ],
      code: json({
        model: { provider: "custom-llm", url: facts.proxyBase, model: "gpt-4o-mini" },
        server: { url: facts.webhookUrl },
      }),
    },
    {
      platform: "elevenlabs",
      title: "ElevenLabs",
      steps: ["Agent › LLM: Custom LLM, server URL below.", "Store the agent key as the secret for the API key."],
      code: json({ custom_llm: { url: facts.proxyBase, model_id: "gpt-4o-mini", api_key: key } }),
    },
    {
      platform: "bolna",
      title: "Bolna",
      steps: ["Set provider custom and the base URL in the agent's llm_config."],
      code: json({ llm_config: { provider: "custom", model: "gpt-4o-mini", base_url: facts.proxyBase, llm_key: key } }),
    },
    {
      platform: "livekit",
      title: "LiveKit",
      steps: ["Give the OpenAI plugin the base URL and the agent key."],
      code: `from livekit.plugins import openai\n\nllm = openai.LLM(\n    model="gpt-4o-mini",\n    base_url="${facts.proxyBase}",\n    api_key="${key}",\n)`,
    },
    {
      platform: "custom",
      title: "Pipecat",
      steps: ["Give the OpenAI service the base URL and the agent key."],
      code: `from pipecat.services.openai.llm import OpenAILLMService\n\nllm = OpenAILLMService(\n    model="gpt-4o-mini",\n    base_url="${facts.proxyBase}",\n    api_key="${key}",\n)`,
    },
    {
      platform: "custom",
      title: "OpenAI SDK",
      steps: ["Change the base URL and the key; nothing else."],
      code: `import OpenAI from "openai";\n\nconst client = new OpenAI({\n  baseURL: "${facts.proxyBase}",\n  apiKey: "${key}",\n});`,
    },
    {
      platform: "custom",
      title: "curl",
      steps: ["Try it from a terminal."],
      code: `curl ${facts.proxyBase}/chat/completions \\\n  -H "Authorization: Bearer ${key}" \\\n  -H "Content-Type: application/json" \\\n  -d '{"messages":[{"role":"user","content":"My name is Jordan Sample, born 1984-02-03."}]}'`,
    },
  ];
}
