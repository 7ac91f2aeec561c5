import { expect, test } from "vitest";
import { canComeAtGo } from "../../../../executor/src/child/warm/reads-at-start.ts";

const refused =
  "LD_PRELOAD LC_ALL LANG TZ MALLOC_ARENA_MAX GCONV_PATH RES_OPTIONS NODE_OPTIONS NODE_EXTRA_CA_CERTS UV_THREADPOOL_SIZE SSL_CERT_FILE OPENSSL_CONF ICU_DATA PYTHONPATH PYTHONHASHSEED HOME PATH TMPDIR BASH_ENV ENV IFS PS4 OPTIND PWD SEALRUN_ENV SEALRUN_STEP sealrun_value _";

test.each(refused.split(" "))("canComeAtGo() refuses %s, which a process reads when it starts", (name) => {
  expect(canComeAtGo({ PLAIN: "1", [name]: "" })).toBe(false);
});

test.each(["PLAIN", "DATABASE_URL", "HOMEPAGE", "MY_PATH", "TZ_NAME", "ENVIRONMENT", "PS", "EF_ENV"])(
  "canComeAtGo() lets %s come with go",
  (name) => {
    expect(canComeAtGo({ [name]: "value" })).toBe(true);
    expect(canComeAtGo({})).toBe(true);
  },
);
