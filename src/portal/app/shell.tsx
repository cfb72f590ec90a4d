import { useQueryClient } from "@tanstack/react-query";
import {
  Bot,
  FileText,
  FlaskConical,
  LayoutDashboard,
  Link2,
  LogOut,
  Menu,
  Monitor,
  Moon,
  PhoneCall,
  ScrollText,
  Settings,
  Sun,
} from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import { api } from "./api.ts";
import { useConnection } from "./connection.ts";
import { ConnectionBanner } from "./parts/connection-banner.tsx";
import { Logo } from "./parts/logo.tsx";
import { type Me, useMe } from "./signed-in.tsx";
import { chooseTheme, chosenTheme, type Theme } from "./theme.ts";

type Permission = Me["permissions"][number];

const ROOMS: readonly (readonly [path: string, title: string, Icon: typeof Bot, needs: Permission])[] = [
  ["/dashboard", "Dashboard", LayoutDashboard, "sessions:read"],
  ["/agents", "Agents", Bot, "agents:read"],
  ["/sessions", "Sessions", PhoneCall, "sessions:read"],
  ["/playground", "Playground", FlaskConical, "agents:read"],
  ["/policies", "Policies", ScrollText, "agents:read"],
  ["/reports", "Reports", FileText, "reports:read"],
  ["/audit", "Audit", Link2, "audit:read"],
];

/** The frame of every page: navigation at the left, a drawer on narrow screens. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const [path] = useLocation();
  const [open, setOpen] = useState(false);
  const { lost } = useConnection();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer closes whenever the page changes
  useEffect(() => setOpen(false), [path]);
  return (
    <div className="min-h-screen lg:grid lg:grid-cols-[15rem_1fr]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:bg-panel focus:p-2"
      >
        Skip to the content
      </a>
      <header className="flex items-center justify-between border-b bg-panel px-4 py-3 lg:hidden">
        <Logo />
        <button
          type="button"
          aria-expanded={open}
          aria-controls="rooms"
          onClick={() => setOpen(!open)}
          className="rounded-md p-2 hover:bg-sunken"
        >
          <Menu className="size-5" aria-hidden />
          <span className="sr-only">Menu</span>
        </button>
      </header>
      <div id="rooms" className={`${open ? "block" : "hidden"} border-b bg-panel lg:block lg:border-r lg:border-b-0`}>
        <div className="lg:sticky lg:top-0 lg:flex lg:h-screen lg:flex-col">
          <div className="hidden px-5 pt-5 pb-4 lg:block">
            <Logo />
          </div>
          <Rooms path={path} />
          <Footer />
        </div>
      </div>
      <div className="min-w-0">
        <ConnectionBanner lost={lost} />
        <main id="content" tabIndex={-1} className="mx-auto w-full max-w-[100rem] min-w-0 px-4 py-6 lg:px-8">
          {children}
        </main>
      </div>
    </div>
  );
}

function Rooms({ path }: { readonly path: string }) {
  const { permissions } = useMe();
  return (
    <nav aria-label="Main" className="flex-1 space-y-0.5 overflow-y-auto px-3 py-2">
      {ROOMS.filter(([, , , needs]) => permissions.includes(needs)).map(([to, title, Icon]) => (
        <RoomLink key={to} to={to} current={path.startsWith(to)}>
          <Icon className="size-4" aria-hidden />
          {title}
        </RoomLink>
      ))}
      <RoomLink to="/settings" current={path.startsWith("/settings")}>
        <Settings className="size-4" aria-hidden />
        Settings
      </RoomLink>
    </nav>
  );
}

interface RoomLinkProps {
  readonly to: string;
  readonly current: boolean;
  readonly children: ReactNode;
}

function RoomLink({ to, current, children }: RoomLinkProps) {
  return (
    <Link
      href={to}
      aria-current={current ? "page" : undefined}
      className={`flex items-center gap-3 rounded-lg px-3 py-2 text-sm ${current ? "bg-accent-soft font-medium text-accent" : "text-muted hover:bg-sunken hover:text-ink"}`}
    >
      {children}
    </Link>
  );
}

const THEMES: readonly (readonly [Theme, string, typeof Sun])[] = [
  ["light", "Light", Sun],
  ["dark", "Dark", Moon],
  ["system", "As the system", Monitor],
];

function Footer() {
  const { user, account } = useMe();
  const [theme, setTheme] = useState(chosenTheme);
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const signOut = async () => {
    await api.auth.logout.mutate();
    queries.clear();
    navigate("/login");
  };
  return (
    <div className="space-y-3 border-t px-4 py-4">
      <fieldset className="flex gap-1 rounded-lg bg-sunken p-1">
        <legend className="sr-only">Theme</legend>
        {THEMES.map(([value, title, Icon]) => (
          <button
            key={value}
            type="button"
            title={title}
            aria-label={title}
            aria-pressed={theme === value}
            onClick={() => {
              chooseTheme(value);
              setTheme(value);
            }}
            className={`flex flex-1 justify-center rounded-md py-1 ${theme === value ? "bg-panel text-ink shadow-sm" : "text-muted"}`}
          >
            <Icon className="size-3.5" aria-hidden />
          </button>
        ))}
      </fieldset>
      <div className="flex items-center justify-between gap-2">
        <div className="min-w-0 text-sm">
          <p className="truncate font-medium" title={user?.name}>
            {user?.name}
          </p>
          <p className="truncate text-xs text-muted" title={`${user?.role} · ${account.name}`}>
            {user?.role} · {account.name}
          </p>
        </div>
        <button
          type="button"
          onClick={signOut}
          title="Sign out"
          className="rounded-md p-2 text-muted hover:bg-sunken hover:text-ink"
        >
          <LogOut className="size-4" aria-hidden />
          <span className="sr-only">Sign out</span>
        </button>
      </div>
    </div>
  );
}
