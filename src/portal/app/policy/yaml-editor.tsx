import { autocompletion } from "@codemirror/autocomplete";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, linter, lintGutter } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { tags } from "@lezer/highlight";
import { basicSetup, EditorView } from "codemirror";
import { useEffect, useRef } from "react";
import { complete } from "./completion.ts";

export interface YamlProblem {
  readonly message: string;
  readonly path: string;
  /** From 1; absent when the problem is in no one line. */
  readonly line?: number;
}

interface YamlEditorProps {
  readonly value: string;
  readonly readOnly: boolean;
  readonly onChange: (yaml: string) => void;
  /** Asks the server, so that the editor and the loader never disagree. */
  readonly validate: (yaml: string) => Promise<readonly YamlProblem[]>;
}

const LOOK = EditorView.theme({
  "&": { backgroundColor: "var(--panel)", color: "var(--ink)", fontSize: "13px", minHeight: "22rem" },
  ".cm-content": { fontFamily: "var(--font-mono)", caretColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--muted)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 8%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--accent-soft) !important" },
  ".cm-tooltip": { backgroundColor: "var(--panel)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent-soft)", color: "var(--ink)" },
});

/** The editor's own colours are for a white page; these hold the contrast in both themes. */
const COLORS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.string, tags.content], color: "var(--ink)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--warn)" },
  { tag: tags.comment, color: "var(--muted)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace, tags.meta], color: "var(--muted)" },
]);

/** A YAML editor with the policy's fields as completions and the server's errors at their lines. */
export default function YamlEditor({ value, readOnly, onChange, validate }: YamlEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const calls = useRef({ onChange, validate });
  calls.current = { onChange, validate };
  const first = useRef(value);

  useEffect(() => {
    if (host.current === null) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          basicSetup,
          yaml(),
          LOOK,
          syntaxHighlighting(COLORS),
          lintGutter(),
          linter(
            async (target) =>
              (await calls.current.validate(target.state.doc.toString())).map((problem) => place(target, problem)),
            { delay: 300 },
          ),
          autocompletion({ override: [complete] }),
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ "aria-label": "Policy in YAML" }),
          EditorView.updateListener.of(
            (update) => update.docChanged && calls.current.onChange(update.state.doc.toString()),
          ),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [readOnly]);

  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
    }
  }, [value]);

  return <div ref={host} className="overflow-hidden rounded-lg border" />;
}

function place(view: EditorView, problem: YamlProblem): Diagnostic {
  const line = view.state.doc.line(Math.min(Math.max(problem.line ?? 1, 1), view.state.doc.lines));
  const message = problem.path === "" ? problem.message : `${problem.path}: ${problem.message}`;
  return { from: line.from, to: line.to, severity: "error", message };
}
