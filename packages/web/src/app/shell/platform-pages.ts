import {
  IconActivityHeartbeat,
  IconBook2,
  IconCalendarTime,
  IconListDetails,
  IconLock,
  IconServer2,
  IconShieldCheck,
} from "@tabler/icons-react";

/** The pages of the whole platform, in the order of the navigation. */
export const platformPages = [
  { to: "/executions", label: "Executions", description: "Every run, with filters", icon: IconListDetails },
  {
    to: "/schedules",
    label: "Schedules",
    description: "Cron times and later runs: next, last, pause, run now",
    icon: IconCalendarTime,
  },
  { to: "/vault/secrets", label: "Vault", description: "Platform secrets", icon: IconLock },
  { to: "/executors", label: "Executors", description: "Executors and pools", icon: IconServer2 },
  {
    to: "/health",
    label: "Health",
    description: "State of the platform and its services",
    icon: IconActivityHeartbeat,
  },
  { to: "/audit", label: "Audit", description: "Who did what", icon: IconShieldCheck },
] as const;

/** The page that helps with the others. */
export const helpPage = { to: "/guides", label: "Guides", description: "How to do things", icon: IconBook2 } as const;
