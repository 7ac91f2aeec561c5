import {
  ActionIcon,
  type ActionIconProps,
  Anchor,
  Button,
  type ButtonProps,
  Menu,
  type MenuItemProps,
  NavLink,
  UnstyledButton,
  type UnstyledButtonProps,
} from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentPropsWithRef } from "react";

/*
 * Mantine's components as links of the router: an address that no page has is a type error, and no page is loaded
 * again. Buttons are rendered as links: they open in a new tab, can be copied and are announced as links.
 */

type With<Props> = Props & Omit<ComponentPropsWithRef<"a">, keyof Props>;

/** A link in text. */
export const LinkAnchor = createLink(Anchor<"a">);
/** A link that looks like a button. */
export const LinkButton = createLink((props: With<ButtonProps>) => <Button component="a" {...props} />);
/** A link that is an icon; give it an aria-label. */
export const LinkIcon = createLink((props: With<ActionIconProps>) => <ActionIcon component="a" {...props} />);
/** A link in the navigation. */
export const LinkNav = createLink(NavLink<"a">);
/** A link in a menu. */
export const LinkMenuItem = createLink((props: With<MenuItemProps>) => <Menu.Item component="a" {...props} />);
/** A link without a style. */
export const LinkPlain = createLink((props: With<UnstyledButtonProps>) => <UnstyledButton component="a" {...props} />);
