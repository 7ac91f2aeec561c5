import { Alert, Button, Group, Paper, Progress, Stack, Text, TextInput } from "@mantine/core";
import { isRefused } from "@sealrun/client";
import { countOf, packageName } from "@sealrun/protocol";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { Problem } from "../../parts/page/problem.tsx";
import { showSize } from "../../parts/text/show-size.ts";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Contents } from "./contents.tsx";
import { ProblemsList } from "./problems-list.tsx";
import { MissingValues, type ValueFields } from "./missing-values.tsx";
import { findMissingNames, findProblems } from "./review.ts";
import classes from "./review-form.module.css";
import { keptSecrets, planSecrets } from "./secret-plan.ts";
import { SecretsPlan } from "./secrets-plan.tsx";
import { sortTyped, type TypedScope } from "./typed-values.ts";
import { UploadAnyway } from "./upload-anyway.tsx";
import { useFoundNames } from "./use-found-names.ts";
import { useIdlePool } from "./use-idle-pool.ts";
import type { Upload, UploadState } from "./use-upload.ts";

/** The checked package before its upload: its name, problems, secrets to seal, scripts, and the button to send it. */
export function ReviewForm(props: {
  readonly upload: Upload;
  readonly state: Extract<UploadState, { readonly kind: "review" | "sending" }>;
  readonly project: string;
  readonly existing: string | undefined;
  /** The version whose files were edited. */
  readonly from: number | undefined;
}): ReactNode {
  const { upload, state, project, existing, from } = props;
  const { review } = state;
  const [typed, setTyped] = useState(existing ?? review.name);
  // The name that the tick was set for: it does not count for another name that is typed later.
  const [overwritten, setOverwritten] = useState<string>();
  const isOverwriting = overwritten === typed;
  const asked = useFoundNames(project, typed, review);
  const idle = useIdlePool(review, project);
  const missing = useMemo(() => findMissingNames(review, asked.data, project), [review, asked.data, project]);
  const found = useMemo(
    () => findProblems(review, asked.data, project, missing),
    [review, asked.data, project, missing],
  );
  const fields: ValueFields = useRef(new Map<string, HTMLTextAreaElement>());
  const [scopes, setScopes] = useState<ReadonlyMap<string, TypedScope>>(new Map());
  const problems = idle.data == null ? found : [...found, idle.data];
  // What the platform itself refuses cannot be forced.
  const failing = review.refused.length > 0 ? [] : found.filter(isRefused);
  const [isForced, setIsForced] = useState(false);
  const planned = planSecrets(review, asked.data);
  const isChanged = planned.some(({ kind }) => kind === "changed");
  const blocker = findBlocker({
    errors: review.refused.length,
    isFailing: failing.length > 0 && !isForced,
    isWaitingForTick: isChanged && !isOverwriting,
  });
  const away = asked.error === null ? idle : asked;
  // A pool that cannot be asked about is only a warning less.
  const isReady = asked.data !== undefined && !idle.isPending && blocker === undefined && state.kind === "review";
  const send = (): void => {
    if (!isReady) return;
    const texts = new Map([...fields.current].map(([name, { value }]) => [name, value]));
    const values = sortTyped(texts, scopes);
    void upload.send({ project, name: typed, overwrite: isOverwriting, found: asked.data, values });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack>
        {state.kind === "review" && state.error !== undefined ? (
          <Problem
            error={state.error}
            title="Nothing was uploaded"
            guide="packages"
            onRetry={isReady ? send : undefined}
          />
        ) : null}
        {away.error === null ? null : <Problem error={away.error} onRetry={async () => away.refetch()} />}
        <NameMismatch existing={existing} manifestName={review.checked.manifest?.name} />
        <NewerVersion from={from} newest={asked.data?.version ?? undefined} />
        <NameField value={typed} onChange={setTyped} existing={existing} version={asked.data?.version} />
        <ProblemsList problems={problems} review={review} />
        <MissingValues
          missing={missing}
          fields={fields}
          scopes={scopes}
          onScope={(name, scope) => setScopes(new Map([...scopes, [name, scope]]))}
        />
        <UploadAnyway failing={failing} isForced={isForced} onForce={setIsForced} />
        <SecretsPlan
          planned={planned}
          kept={keptSecrets(review, asked.data)}
          isOverwriting={isOverwriting}
          onOverwrite={(isWanted) => setOverwritten(isWanted ? typed : undefined)}
        />
        <Contents review={review} />
        <SendBar
          state={state}
          isReady={isReady}
          blocker={blocker}
          version={asked.data === undefined ? undefined : (asked.data.version ?? 0) + 1}
          onDiscard={upload.discard}
        />
      </Stack>
    </form>
  );
}

function findBlocker(of: {
  readonly errors: number;
  readonly isFailing: boolean;
  readonly isWaitingForTick: boolean;
}): string | undefined {
  if (of.errors > 0) return `Fix ${countOf(of.errors, "error")} first, then drop the package again`;
  if (of.isFailing)
    return 'Every run would fail: mend what is listed and drop the package again, or tick "Upload anyway"';
  return of.isWaitingForTick ? 'Tick "Overwrite", or remove the changed secrets from secrets.json' : undefined;
}

/** Warns of a wrong folder: its manifest has the name of another package. */
function NameMismatch(props: {
  readonly existing: string | undefined;
  readonly manifestName: string | undefined;
}): ReactNode {
  const { existing, manifestName } = props;
  if (existing === undefined || manifestName === undefined || manifestName.toLowerCase() === existing.toLowerCase())
    return null;
  return (
    <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} title="The manifest has a different name">
      manifest.json has the name <ShownText text={manifestName} />; this upload becomes a version of{" "}
      <ShownText text={existing} />.
    </Alert>
  );
}

/** Warns that the edited files are not those of the newest version. */
function NewerVersion(props: { readonly from: number | undefined; readonly newest: number | undefined }): ReactNode {
  const { from, newest } = props;
  if (from === undefined || newest === undefined || newest === from) return null;
  return (
    <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} title={`Version ${newest} is newer`}>
      This upload has the files of version {from} with your changes. The changes of version {newest} are not in it.
    </Alert>
  );
}

function NameField(props: {
  readonly value: string;
  readonly onChange: (name: string) => void;
  readonly existing: string | undefined;
  readonly version: number | null | undefined;
}): ReactNode {
  if (props.existing !== undefined) return null;
  const refused = packageName.safeParse(props.value).error?.issues[0]?.message;
  const taken =
    props.version == null ? "A new package" : `This package exists: the upload becomes version ${props.version + 1}`;
  return (
    <TextInput
      label="Name of the package"
      description={props.version === undefined ? "Taken from manifest.json or the folder" : taken}
      value={props.value}
      onChange={({ currentTarget }) => props.onChange(currentTarget.value)}
      error={
        refused === undefined ? undefined : props.value === "" ? "Give it a name" : `This name is not valid: ${refused}`
      }
      maw={480}
      maxLength={128}
      autoComplete="off"
      spellCheck={false}
      required
    />
  );
}

function SendBar(props: {
  readonly state: Parameters<typeof ReviewForm>[0]["state"];
  readonly isReady: boolean;
  readonly blocker: string | undefined;
  readonly version: number | undefined;
  readonly onDiscard: () => void;
}): ReactNode {
  const { files, secrets } = props.state.review.checked;
  const isSending = props.state.kind === "sending";
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  const what = `${countOf(files.length, "file")}, ${showSize(bytes)}`;
  const sealed = secrets.size === 0 ? "" : `; ${countOf(secrets.size, "secret")}, sealed here`;
  const version = props.version === undefined ? "" : props.version === 1 ? " package" : ` version ${props.version}`;
  return (
    <Paper withBorder shadow="sm" p="sm" className={classes["bar"]}>
      {isSending ? <Progress value={100} animated mb="sm" aria-label="Uploading" /> : null}
      <Group justify="space-between" gap="sm">
        <Text size="sm" role="status" c={props.blocker === undefined ? "dimmed" : undefined}>
          {isSending ? `Sealing and sending ${what}` : (props.blocker ?? `${what}${sealed}`)}
        </Text>
        <Group gap="xs">
          <Button variant="default" onClick={props.onDiscard} disabled={isSending}>
            Start over
          </Button>
          <Button type="submit" disabled={!props.isReady && !isSending} loading={isSending}>
            Upload{version}
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}
