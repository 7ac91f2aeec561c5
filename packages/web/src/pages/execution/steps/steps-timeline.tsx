import { Group, Paper, Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { type ExecutionInfo, isFinal, showDuration, showSize, type StepInfo } from "@sealrun/protocol";
import type { ReactNode } from "react";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import { StatusBadge, statusColor } from "../../../parts/page/status-badge.tsx";
import { showRoundTime } from "../../../parts/time/round-times.ts";
import { useTicking } from "../../../parts/time/use-ticking.ts";
import { placeSteps, type StepAxis, type StepBar } from "./step-bars.ts";
import classes from "./steps-timeline.module.css";

/** The steps of an execution on one time axis. Choosing a step narrows the log to it. */
export function StepsTimeline(props: {
  readonly execution: ExecutionInfo;
  /** Its steps as far as they are known: the log may be ahead of the execution. */
  readonly steps: readonly StepInfo[];
  readonly chosen: string | undefined;
  readonly onChoose: (step: string | undefined) => void;
}): ReactNode {
  const { execution, steps, chosen, onChoose } = props;
  const now = useTicking(!isFinal(execution.status));
  const axis = placeSteps(steps, spanOf(execution, now));
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={2}>Steps</Title>
          {chosen === undefined ? null : (
            <Text size="xs" c="dimmed">
              The log shows only this step; choose it again to see all
            </Text>
          )}
        </Group>
        {axis.bars.every((bar) => bar === undefined) ? null : <Axis axis={axis} />}
        <ol className={classes["steps"]}>
          {steps.map((step, index) => (
            <li key={step.name}>
              <StepLine
                step={step}
                bar={axis.bars[index]}
                said={execution.error?.message}
                isChosen={chosen === step.name}
                onChoose={() => onChoose(chosen === step.name ? undefined : step.name)}
              />
            </li>
          ))}
        </ol>
      </Stack>
    </Paper>
  );
}

function StepLine(props: {
  readonly step: StepInfo;
  readonly bar: StepBar | undefined;
  /** The error that the page tells above the steps. */
  readonly said: string | undefined;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}): ReactNode {
  const { step, bar } = props;
  const color = statusColor(step.status);
  return (
    <>
      <UnstyledButton className={classes["step"]} aria-pressed={props.isChosen} onClick={props.onChoose}>
        <span className={classes["name"]}>
          <ShownText text={step.name} />
          {step.tries > 1 ? <span className={classes["tries"]}>{step.tries} tries</span> : null}
        </span>
        <span>
          <StatusBadge status={step.status} />
        </span>
        <span className={classes["track"]} aria-hidden>
          {bar === undefined ? null : (
            <span
              className={classes["bar"]}
              data-running={step.status === "running" ? "" : undefined}
              style={{
                left: `${bar.from * 100}%`,
                width: `${bar.length * 100}%`,
                background: `var(--mantine-color-${color}-filled)`,
              }}
            />
          )}
        </span>
        <span className={classes["duration"]}>{bar === undefined ? "–" : showDuration(bar.durationMs)}</span>
      </UnstyledButton>
      <StepUse step={step} />
      {step.error === null || step.error.message === props.said ? null : (
        <Text size="xs" className={classes["error"]}>
          <ShownText text={step.error.message} />
        </Text>
      )}
    </>
  );
}

/** What a step used, where it was measured. */
function StepUse({ step: { peakMemoryBytes, cpuMs } }: { readonly step: StepInfo }): ReactNode {
  const memory = peakMemoryBytes == null ? [] : [`Peak memory ${showSize(peakMemoryBytes)}`];
  const time = cpuMs == null ? [] : [`processor time ${showDuration(cpuMs)}`];
  if (memory.length + time.length === 0) return null;
  return (
    <Text size="xs" c="dimmed" className={classes["use"]}>
      {[...memory, ...time].join(", ")}
    </Text>
  );
}

function Axis({ axis }: { readonly axis: StepAxis }): ReactNode {
  return (
    <div className={classes["axis"]} aria-hidden>
      <div className={classes["marks"]}>
        {axis.marksMs.map((ms) => (
          <span key={ms} className={classes["mark"]} style={{ left: `${(ms / axis.totalMs) * 100}%` }}>
            {showRoundTime(ms)}
          </span>
        ))}
      </div>
    </div>
  );
}

function spanOf(execution: ExecutionInfo, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  const claimed = execution.attempts.at(-1)?.claimedAt ?? execution.startedAt ?? execution.createdAt;
  const end = execution.finishedAt === null ? nowMs : Date.parse(execution.finishedAt);
  return { fromMs: Date.parse(claimed), toMs: end };
}
