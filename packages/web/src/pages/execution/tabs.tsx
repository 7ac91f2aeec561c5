import { Tabs } from "@mantine/core";
import type { ExecutionInfo } from "@sealrun/protocol";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { AttemptsTable } from "./attempts.tsx";
import { DifferencePanel } from "./difference/difference-panel.tsx";
import { LogPanel } from "./log/log-panel.tsx";
import type { Log } from "./log/use-log.ts";
import { ParametersPanel } from "./parameters.tsx";
import { ReceiptPanel } from "./receipt.tsx";
import { ResultsPanel } from "./results.tsx";
import { executionTabs } from "./search.ts";
import classes from "./tabs.module.css";

const titles = {
  log: "Log",
  results: "Results",
  receipt: "Receipt",
  parameters: "Parameters",
  attempts: "Attempts",
  difference: "Difference",
} as const satisfies Record<(typeof executionTabs)[number], string>;

/** The tabs of an execution; the address has the chosen one. */
export function ExecutionTabs({ execution, log }: { readonly execution: ExecutionInfo; readonly log: Log }): ReactNode {
  const { tab = "log" } = useSearch({ from: "/executions/$execution" });
  const navigate = useNavigate({ from: "/executions/$execution" });
  const onChange = (value: string | null): void => {
    const next = executionTabs.find((name) => name === value);
    void navigate({ search: (before) => ({ ...before, tab: next }), replace: true });
  };
  // A link may lead to a tab that a narrow window does not show. Only the strip is scrolled: the page stays at its head.
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const chosen = list.current?.children[executionTabs.indexOf(tab)];
    if (list.current === null || chosen === undefined) return;
    const [strip, shown] = [list.current.getBoundingClientRect(), chosen.getBoundingClientRect()];
    list.current.scrollLeft += shown.left + shown.width / 2 - (strip.left + strip.width / 2);
  }, [tab]);
  return (
    <Tabs value={tab} onChange={onChange} keepMounted={false}>
      <Tabs.List ref={list} className={classes["list"]} aria-label="Details">
        {executionTabs.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {titles[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="log" pt="md">
        <LogPanel execution={execution} log={log} />
      </Tabs.Panel>
      <Tabs.Panel value="results" pt="md">
        <ResultsPanel execution={execution} />
      </Tabs.Panel>
      <Tabs.Panel value="receipt" pt="md">
        <ReceiptPanel execution={execution} />
      </Tabs.Panel>
      <Tabs.Panel value="parameters" pt="md">
        <ParametersPanel execution={execution} />
      </Tabs.Panel>
      <Tabs.Panel value="attempts" pt="md">
        <AttemptsTable execution={execution} />
      </Tabs.Panel>
      <Tabs.Panel value="difference" pt="md">
        <DifferencePanel execution={execution} />
      </Tabs.Panel>
    </Tabs>
  );
}
