import { Table, Title, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";
import type { Block } from "./guide-content.ts";
import { CodeBlock } from "./code-block.tsx";
import { GuideText } from "./guide-text.tsx";
import classes from "./guides.module.css";

/** A guide's text from top to bottom. */
export function GuideBlocks({ blocks }: { readonly blocks: readonly Block[] }): ReactNode {
  return blocks.map((block, index) => <OneBlock key={index} block={block} />);
}

function OneBlock({ block }: { readonly block: Block }): ReactNode {
  switch (block.kind) {
    case "heading":
      return <Heading heading={block} />;
    case "paragraph":
      return (
        <p className={classes["paragraph"]}>
          <GuideText parts={block.parts} />
        </p>
      );
    case "code":
      return <CodeBlock text={block.text} language={block.language} />;
    case "table":
      return <GuideTable table={block} />;
    case "list":
      return <List list={block} />;
  }
}

type Of<Kind extends Block["kind"]> = Extract<Block, { readonly kind: Kind }>;

function Heading({ heading }: { readonly heading: Of<"heading"> }): ReactNode {
  const order = heading.depth <= 2 ? 2 : heading.depth === 3 ? 3 : 4;
  return (
    <Title order={order} id={heading.id} tabIndex={-1} className={classes["heading"]}>
      <GuideText parts={heading.parts} />
      <a href={`#${heading.id}`} className={classes["anchor"]}>
        <span aria-hidden>#</span>
        <VisuallyHidden>Link to this heading</VisuallyHidden>
      </a>
    </Title>
  );
}

function GuideTable({ table }: { readonly table: Of<"table"> }): ReactNode {
  return (
    <div className={classes["box"]} tabIndex={0} role="group" aria-label="Table">
      <Table verticalSpacing="xs" fz="sm" className={classes["table"]}>
        <Table.Thead>
          <Table.Tr>
            {table.head.map((cell, index) =>
              cell.length === 0 ? (
                // A screen reader would announce an empty header.
                <Table.Td key={index} />
              ) : (
                <Table.Th key={index} scope="col">
                  <GuideText parts={cell} />
                </Table.Th>
              ),
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {table.rows.map((row, index) => (
            <Table.Tr key={index}>
              {row.map((cell, column) => (
                <Table.Td key={column}>
                  <GuideText parts={cell} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function List({ list }: { readonly list: Of<"list"> }): ReactNode {
  const items = list.items.map((item, index) => (
    <li key={index}>
      {item.map((block, place) =>
        block.kind === "paragraph" && place === 0 ? (
          <GuideText key={place} parts={block.parts} />
        ) : (
          <OneBlock key={place} block={block} />
        ),
      )}
    </li>
  ));
  return list.isOrdered ? <ol className={classes["list"]}>{items}</ol> : <ul className={classes["list"]}>{items}</ul>;
}
