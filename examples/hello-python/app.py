import json
import os
import sys

from ferris_ef import context, get_param, get_secret

from report import lines_of

here = os.path.dirname(os.path.abspath(__file__))

with open(os.path.join(here, "cities.json"), encoding="utf-8") as file:
    cities = json.load(file)

print(context.config.get("greeting"), "from", context.package.name)
print("package_name is", get_param("package_name"))

for line in lines_of(cities):
    print(line)

print("API_KEY by get_secret is", get_secret("API_KEY"))
print("API_KEY by context.secrets.get is", context.secrets.get("API_KEY"))
print("API_KEY in sys.argv[1] is", json.loads(sys.argv[1])["secrets"]["API_KEY"])
print("They are the same:", get_secret("API_KEY") == json.loads(sys.argv[1])["secrets"]["API_KEY"])

account = get_secret("ACCOUNT")
print("ACCOUNT is a", type(account).__name__, "with", ", ".join(sorted(account)))

runs = context.state.get().get("runs", 0) + 1
context.state.put("runs", runs)
print("Run number", runs)
