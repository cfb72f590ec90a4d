import { type FocusEvent, type MouseEvent, useCallback, useRef } from "react";

/**
 * Marks every highlight of the identifier that is looked at, in all panels at once. It is done to the elements themselves:
 * a call may have tens of thousands, and drawing them all again at every move of the mouse would freeze the page.
 */
export function useTokenFocus() {
  const area = useRef<HTMLDivElement>(null);
  const mark = useCallback((token: string | null) => {
    for (const element of area.current?.querySelectorAll("[data-focused]") ?? [])
      element.removeAttribute("data-focused");
    if (token === null) return;
    for (const element of withToken(area.current, token)) element.setAttribute("data-focused", "");
  }, []);
  const look = (event: MouseEvent | FocusEvent) => mark(tokenOf(event.target));
  const lookAway = () => mark(tokenOf(document.activeElement));
  return {
    area,
    mark,
    handlers: { onMouseOver: look, onFocus: look, onMouseLeave: lookAway, onBlur: () => mark(null) },
  };
}

/** The token that an element stands for, or that it lies in. */
export function tokenOf(target: EventTarget | null): string | null {
  const element = target instanceof Element ? target.closest<HTMLElement>("[data-token]") : null;
  return element?.dataset.token ?? null;
}

export function withToken(area: HTMLElement | null, token: string): readonly HTMLElement[] {
  return [...(area?.querySelectorAll<HTMLElement>(`[data-token="${CSS.escape(token)}"]`) ?? [])];
}

/** Brings an element into view and gives it the focus. */
export function goTo(element: HTMLElement | undefined): void {
  element?.scrollIntoView({ block: "center", inline: "nearest" });
  element?.focus({ preventScroll: true });
}
