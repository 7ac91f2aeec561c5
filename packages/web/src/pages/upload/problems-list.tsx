import { countOf } from "@sealrun/protocol";
import { Anchor, Badge, Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { PackageProblem } from "@sealrun/client";
import { IconAlertTriangle, IconCircleX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { showHidden } from "../../parts/text/visible-text.ts";
import { frameLines } from "./code-frame.ts";
import classes from "./problems-list.module.css";
import type { Review } from "./review.ts";

/** All problems of a package, each with its place and the line that it is about. */
export function ProblemsList(props: {
  readonly problems: readonly PackageProblem[];
  readonly review: Review;
}): ReactNode {
  const { problems, review } = props;
  if (problems.length === 0) return null;
  const errors = problems.filter(({ level }) => level === "error").length;
  const warnings = problems.length - errors;
  const counts = [errors, warnings].flatMap((count, index) =>
    count === 0 ? [] : [countOf(count, index === 0 ? "error" : "warning")],
  );
  return (
    <Paper withBorder p="md" role="region" aria-label="Problems">
      <Group justify="space-between" mb="sm">
        <Title order={2}>{counts.join(" and ")}</Title>
        <Anchor size="sm" href="/guides/packages" target="_blank" rel="noopener">
          How to make a package
        </Anchor>
      </Group>
      <Stack gap="md" component="ul" className={classes["list"]}>
        {problems.map((problem, index) => (
          <li key={index}>
            <ProblemRow problem={problem} review={review} />
          </li>
        ))}
      </Stack>
    </Paper>
  );
}

function ProblemRow({ problem, review }: { readonly problem: PackageProblem; readonly review: Review }): ReactNode {
  const isError = problem.level === "error";
  const Icon = isError ? IconCircleX : IconAlertTriangle;
  const color = isError ? "red" : "orange";
  return (
    <div className={classes["row"]}>
      <Badge color={color} variant="light" tt="none" leftSection={<Icon size={14} aria-hidden />} miw={92}>
        {problem.level}
      </Badge>
      <Stack gap={4} miw={0} flex={1}>
        <Text size="sm">
          <ShownText text={problem.message} />
        </Text>
        <CodeFrame problem={problem} review={review} />
      </Stack>
    </div>
  );
}

function CodeFrame({ problem, review }: { readonly problem: PackageProblem; readonly review: Review }): ReactNode {
  const { file, line } = problem;
  const bytes = review.checked.files.find(({ path }) => path === file)?.bytes;
  if (bytes === undefined || line === null) return null;
  const lines = frameLines(bytes, line, (number) => review.revealing.has(`${file ?? ""}:${number}`));
  return (
    <pre className={classes["frame"]} tabIndex={0} aria-label={`${showHidden(file ?? "")}, line ${line}`}>
      {lines.map(({ number, text, isProblem, isHidden }) => (
        <span key={number} className={classes["line"]} data-problem={isProblem || undefined}>
          <span className={classes["number"]}>{number}</span>
          {isHidden ? <em>not shown: this line contains a secret's value</em> : <ShownText text={text} />}
        </span>
      ))}
    </pre>
  );
}
