from sealrun import context

print("In Python")
for name in ("DB_HOST", "REGION", "SUPPORT_MAIL"):
    print(name, "comes from", context.secrets.get(name).split("/")[0])

features = context.secrets.get("FEATURES")
print("FEATURES is", "the package's empty text" if features == "" else "something else")
print("NOT_SET is", context.secrets.get("NOT_SET"))

database = context.secrets.get("DATABASE")
print("DATABASE has", ", ".join(sorted(database)))
print("It prints as %(user)s, %(password)s, " % database + database["replicas"][1])
