import hashlib
import secrets

from sealrun import context

# What a real script would sign in to the provider with, before it asks for a new token.
assert context.secrets.get("ADMIN_KEY") is not None


def checksum(text):
    return hashlib.sha256(text.encode()).hexdigest()


old = context.secrets.get("ROTATED_TOKEN")
if old is None:
    print("No run has set ROTATED_TOKEN yet")
else:
    is_last = checksum(old) == context.state.get().get("checksum")
    print("ROTATED_TOKEN is there: %s" % old)
    print("It is what the last run set: %s" % is_last)

token = secrets.token_urlsafe(32)
status, text = context.secrets.set(name="ROTATED_TOKEN", value=token, context="project")
print("Setting a new one in the project: %s %s" % (status, text))

print("This run reads the new one: %s" % (context.secrets.get("ROTATED_TOKEN") == token))
print("It prints as %s" % token)
context.state.put("checksum", checksum(token))
