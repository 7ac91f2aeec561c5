import os

from sealrun import context

print("url", context.config["database"]["url"])
print("webhook", context.config["webhook"], "of", len(context.config["webhook"]), "characters")
print("greeting", context.config["greeting"])
print("login", context.params["login"], "days", context.params["days"])
with open("/proc/self/environ", "rb") as block:
    print("password", os.environ["PGPASSWORD"], "in the environment block:", b"PGPASSWORD" in block.read())
