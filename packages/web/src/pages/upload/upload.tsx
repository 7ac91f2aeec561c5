import { List, Paper, Stack, Text } from "@mantine/core";
import { useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useProjectState } from "../../platform/use-project.ts";
import { ArchivedNote } from "../../parts/page/change-menu.tsx";
import { LeaveQuestion } from "../../parts/page/leave-guard.tsx";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { Page } from "../../parts/page/page.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Done } from "./done.tsx";
import { DropZone } from "./drop/drop-zone.tsx";
import { ReviewForm } from "./review-form.tsx";
import { useDrop } from "./drop/use-drop.ts";
import { type Upload, useUpload } from "./use-upload.ts";

/** Makes a package or a new version from a folder, files or a zip. Secrets are sealed in the browser. */
export function UploadPage(): ReactNode {
  const { project } = useParams({ from: "/projects/$project/upload" });
  const { package: existing, from } = useSearch({ from: "/projects/$project/upload" });
  const upload = useUpload();
  const isArchived = useProjectState(project) === "archived";
  const isOver = useDrop((files) => {
    if (upload.state.kind !== "reading" && upload.state.kind !== "sending") void upload.take(files);
  });
  return (
    <Page
      title={existing === undefined ? "Upload a package" : `New version of ${existing}`}
      lead={
        <>
          to project{" "}
          <LinkAnchor size="sm" to="/projects/$project" params={{ project }}>
            <ShownText text={project} />
          </LinkAnchor>
        </>
      }
    >
      {isArchived && upload.state.kind === "empty" ? (
        <ArchivedNote what="project" />
      ) : (
        <Content upload={upload} isOver={isOver} project={project} existing={existing} from={from} />
      )}
      <LeaveQuestion
        title="Leave without uploading?"
        text="The dropped files and their secrets are discarded. Nothing was sent."
        isUnsaved={() => upload.state.kind === "review" || upload.state.kind === "sending"}
      />
    </Page>
  );
}

interface ContentProps {
  readonly upload: Upload;
  readonly isOver: boolean;
  readonly project: string;
  readonly existing: string | undefined;
  /** The version whose files were edited. */
  readonly from: number | undefined;
}

function Content({ upload, isOver, project, existing, from }: ContentProps): ReactNode {
  const { state } = upload;
  switch (state.kind) {
    case "empty":
    case "reading":
      return (
        <Stack>
          {state.kind === "empty" && state.error !== undefined ? (
            <Problem error={state.error} title="This cannot become a package" guide="packages" />
          ) : null}
          <DropZone isBusy={state.kind === "reading"} isOver={isOver} onFiles={(files) => void upload.take(files)} />
          <Help project={project} />
        </Stack>
      );
    case "review":
    case "sending":
      return (
        <ReviewForm
          key={state.review.name}
          upload={upload}
          state={state}
          project={project}
          existing={existing}
          from={from}
        />
      );
    case "done":
      return <Done project={project} state={state} onAgain={upload.discard} />;
  }
}

function Help({ project }: { readonly project: string }): ReactNode {
  return (
    <Paper withBorder p="md">
      <List size="sm" spacing={6}>
        <List.Item>
          Put the values of secrets into a file{" "}
          <Text span inherit ff="monospace">
            secrets.json
          </Text>{" "}
          at the top. Its values are sealed in this browser; the file is never sent.
        </List.Item>
        <List.Item>
          Scripts at the top run in the order of their names, unless a{" "}
          <Text span inherit ff="monospace">
            manifest.json
          </Text>{" "}
          says which ones run and when.
        </List.Item>
        <List.Item>
          From a terminal: <Text span inherit ff="monospace">{`sealrun push DIR --project ${project}`}</Text>
        </List.Item>
      </List>
      <Text size="sm" mt="sm">
        <LinkAnchor size="sm" to="/guides/$" params={{ _splat: "packages" }}>
          How to make a package
        </LinkAnchor>
      </Text>
    </Paper>
  );
}
