import { ActionIcon, Anchor, Button, Menu, NavLink, UnstyledButton } from "@mantine/core";
import { createLink } from "@tanstack/react-router";

/*
 * Mantine's components as links of the router: an address that no page has is a type error, and nothing is loaded anew.
 */

/** A link in text. */
export const LinkAnchor = createLink(Anchor<"a">);
/** A link that looks like a button. */
export const LinkButton = createLink(Button<"a">);
/** A link that is an icon; give it an aria-label. */
export const LinkIcon = createLink(ActionIcon<"a">);
/** A link in the navigation. */
export const LinkNav = createLink(NavLink<"a">);
/** A link in a menu. */
export const LinkMenuItem = createLink(Menu.Item<"a">);
/** A link without looks. */
export const LinkPlain = createLink(UnstyledButton<"a">);
