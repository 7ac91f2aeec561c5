import { Alert } from "@mantine/core";
import type { PackageInfo } from "@sealrun/protocol";
import { IconPlayerPause } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { LinkAnchor, LinkButton } from "../../parts/page/links.tsx";
import { useProjectState } from "../../platform/use-project.ts";
import { useVersion } from "../../platform/use-version.ts";
import { Loading } from "../../parts/page/loading.tsx";
import { Page } from "../../parts/page/page.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { findRefusal } from "./refusal.ts";
import { RunForm } from "./run-form.tsx";

/** Starts a run of a package, its newest version or a chosen one, with the form that its parameters.json asks for. */
export function RunPage(): ReactNode {
  const { project, package: name } = useParams({ from: "/projects/$project/packages/$package/run" });
  const client = useClient();
  const found = useQuery({
    queryKey: topicKey("packages", "one", project, name),
    queryFn: async () => client.getPackage(project, name),
  });
  return (
    <Page
      title={`Run ${name}`}
      lead={
        <>
          <LinkAnchor size="sm" to="/projects/$project" params={{ project }}>
            <ShownText text={project} />
          </LinkAnchor>
          {" / "}
          <LinkAnchor size="sm" to="/projects/$project/packages/$package" params={{ project, package: name }}>
            <ShownText text={name} />
          </LinkAnchor>
          {found.data?.version == null ? "" : `, version ${found.data.version.number}`}
        </>
      }
    >
      {found.data === undefined ? (
        found.error === null ? (
          <Loading />
        ) : (
          <Problem error={found.error} onRetry={async () => found.refetch()} />
        )
      ) : (
        <Content info={found.data} />
      )}
    </Page>
  );
}

function Content({ info }: { readonly info: PackageInfo }): ReactNode {
  const search = useSearch({ from: "/projects/$project/packages/$package/run" });
  const asked = search[":version"];
  const earlier = asked === undefined || asked === info.version?.number ? undefined : asked;
  const version = useVersion({ project: info.project.name, package: info.name }, earlier);
  const refusal = findRefusal(info, useProjectState(info.project.name) === "archived");
  if (refusal === undefined) {
    if (version.error !== null) return <Problem error={version.error} onRetry={async () => version.refetch()} />;
    if (earlier !== undefined && version.data === undefined) return <Loading />;
    const form = earlier === undefined ? info.version : (version.data ?? null);
    // Values of the address are defaults of the inputs: another address is another form.
    return <RunForm key={JSON.stringify(search)} info={info} version={form} earlier={earlier} search={search} />;
  }
  return (
    <Alert icon={<IconPlayerPause aria-hidden />} color="orange" title="This package cannot be run from here">
      <p>
        <ShownText text={refusal} />.
      </p>
      <LinkButton
        variant="light"
        to="/projects/$project/upload"
        params={{ project: info.project.name }}
        search={{ package: info.name }}
      >
        Upload a version
      </LinkButton>
    </Alert>
  );
}
