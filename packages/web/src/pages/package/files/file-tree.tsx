import { Paper, UnstyledButton } from "@mantine/core";
import type { VersionInfo } from "@sealrun/protocol";
import { IconChevronDown, IconChevronRight, IconFile, IconFolder } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { LinkPlain } from "../../../parts/page/links.tsx";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import { usePackageAddress } from "../use-package.ts";
import classes from "./file-tree.module.css";
import { buildTree, foldersOf, type TreeNode } from "./file-tree.ts";

/** The files of a version in their folders; one is open. Nested lists, which every screen reader can navigate. */
export function FileTree(props: { readonly version: VersionInfo; readonly open: string | undefined }): ReactNode {
  const { version, open } = props;
  const tree = buildTree(version.files);
  // A small tree starts with all folders open.
  const [closed, setClosed] = useState<ReadonlySet<string>>(() =>
    version.files.length <= 60 ? new Set() : closedExcept(tree, new Set(foldersOf(open ?? ""))),
  );
  const toggle = (path: string): void => {
    setClosed((before) => {
      const after = new Set(before);
      if (!after.delete(path)) after.add(path);
      return after;
    });
  };
  return (
    <Paper withBorder p={6} component="nav" aria-label="Files">
      <div className={classes["box"]}>
        <Level nodes={tree} {...{ open, closed, toggle }} />
      </div>
    </Paper>
  );
}

function closedExcept(nodes: readonly TreeNode[], kept: ReadonlySet<string>): ReadonlySet<string> {
  const closed = new Set<string>();
  const walk = (inside: readonly TreeNode[]): void => {
    for (const node of inside) {
      if (node.kind === "file") continue;
      if (!kept.has(node.path)) closed.add(node.path);
      walk(node.children);
    }
  };
  walk(nodes);
  return closed;
}

interface LevelProps {
  readonly nodes: readonly TreeNode[];
  readonly open: string | undefined;
  readonly closed: ReadonlySet<string>;
  readonly toggle: (path: string) => void;
}

function Level({ nodes, ...rest }: LevelProps): ReactNode {
  return (
    <ul className={classes["level"]}>
      {nodes.map((node) => (
        <li key={node.path}>
          {node.kind === "folder" ? (
            <Folder node={node} {...rest} />
          ) : (
            <Leaf node={node} isOpen={node.path === rest.open} />
          )}
        </li>
      ))}
    </ul>
  );
}

function Folder(
  props: Omit<LevelProps, "nodes"> & { readonly node: Extract<TreeNode, { kind: "folder" }> },
): ReactNode {
  const { node, ...rest } = props;
  const isClosed = rest.closed.has(node.path);
  const Chevron = isClosed ? IconChevronRight : IconChevronDown;
  return (
    <>
      <UnstyledButton className={classes["row"]} aria-expanded={!isClosed} onClick={() => rest.toggle(node.path)}>
        <Chevron size={14} aria-hidden />
        <IconFolder size={16} aria-hidden />
        <ShownText text={node.name} />
      </UnstyledButton>
      {isClosed ? null : <Level nodes={node.children} {...rest} />}
    </>
  );
}

function Leaf(props: { readonly node: Extract<TreeNode, { kind: "file" }>; readonly isOpen: boolean }): ReactNode {
  const address = usePackageAddress();
  return (
    <LinkPlain
      className={classes["row"]}
      data-open={props.isOpen || undefined}
      aria-current={props.isOpen ? "true" : undefined}
      from="/projects/$project/packages/$package"
      to="/projects/$project/packages/$package"
      params={address}
      search={(before) => ({ ...before, tab: "files", file: props.node.path, line: undefined })}
      resetScroll={false}
    >
      <span className={classes["indent"]} />
      <IconFile size={16} aria-hidden />
      <ShownText text={props.node.name} />
    </LinkPlain>
  );
}
