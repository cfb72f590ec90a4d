import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import { PERMISSION_WORDS, type Permission } from "./permission-words.ts";
import { useMe } from "./signed-in.tsx";

interface AllowedProps {
  readonly needs: Permission | null;
  readonly children: ReactNode;
}

/** The page for those who may see it; the others are told what is missing and who can give it. */
export function Allowed({ needs, children }: AllowedProps) {
  const { user, permissions } = useMe();
  if (needs === null || permissions.includes(needs)) return children;
  return (
    <div className="flex flex-col items-center gap-3 px-4 py-16 text-center">
      <Lock className="size-8 text-muted" aria-hidden />
      <h1 className="text-lg font-semibold">Your role does not open this page</h1>
      <p className="max-w-md text-sm text-muted">
        You need the permission <code className="font-mono text-xs">{needs}</code> to {PERMISSION_WORDS[needs]}
        {user === null ? "" : `; the role ${user.role} does not have it`}. An admin can change your role in Settings,
        under Users.
      </p>
    </div>
  );
}
