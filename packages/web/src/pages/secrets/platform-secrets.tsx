import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { SecretsPage } from "./secrets-page.tsx";

const from = "/vault/secrets";
const place = { scope: "platform" } as const;

/** The platform's secrets, which every package may read. */
export function PlatformSecretsPage(): ReactNode {
  const search = useSearch({ from });
  const navigate = useNavigate({ from });
  return (
    <SecretsPage
      title="Platform secrets"
      lead="Every package of every project can read these, unless the package or its project has a secret of the same name."
      place={place}
      search={search}
      onSearch={(change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })}
    />
  );
}
