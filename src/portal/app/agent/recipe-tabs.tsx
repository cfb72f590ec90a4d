import { Tabs } from "radix-ui";
import { CopyButton } from "../parts/copy.tsx";
import { ScrollRegion } from "../parts/scroll-region.tsx";
import { type RecipeFacts, recipes } from "./recipes.ts";

interface RecipeTabsProps {
  readonly facts: RecipeFacts;
  readonly platform: string | null;
}

export function RecipeTabs({ facts, platform }: RecipeTabsProps) {
  const all = recipes(facts);
  const own = platform === "custom" ? undefined : all.find((recipe) => recipe.platform === platform);
  const first = own ?? all.find((recipe) => recipe.title === "OpenAI SDK");
  return (
    <Tabs.Root defaultValue={idOf(first?.title ?? "")}>
      <Tabs.List aria-label="Platform" className="flex flex-wrap gap-1 rounded-lg bg-sunken p-1">
        {all.map((recipe) => (
          <Tabs.Trigger
            key={recipe.title}
            value={idOf(recipe.title)}
            className="rounded-md px-3 py-1 text-sm text-muted data-[state=active]:bg-panel data-[state=active]:font-medium data-[state=active]:text-ink data-[state=active]:shadow-sm"
          >
            {recipe.title}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {all.map((recipe) => (
        <Tabs.Content key={recipe.title} value={idOf(recipe.title)} className="mt-3 space-y-3">
          <ol className="list-decimal space-y-1 pl-5 text-sm text-muted">
            {recipe.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          <div className="relative">
            <ScrollRegion
              label={`Settings for ${recipe.title}`}
              className="overflow-x-auto rounded-lg bg-sunken p-3 pr-10"
            >
              <pre className="font-mono text-xs leading-relaxed">{recipe.code}</pre>
            </ScrollRegion>
            <span className="absolute top-2 right-2">
              <CopyButton text={recipe.code} label={`Copy settings for ${recipe.title}`} />
            </span>
          </div>
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

/** Titles become parts of element ids, which hold no blanks. */
function idOf(title: string): string {
  return title.toLowerCase().replaceAll(" ", "-");
}
