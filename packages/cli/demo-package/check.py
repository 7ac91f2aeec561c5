from sealrun import context, get_secret

mail = get_secret("MAIL_PASSWORD")
print("the platform's mail password has", len(mail), "characters:", mail)
print("the TypeScript step left", context.secrets.get("LAST_TOTAL"))
print("this one is not set:", get_secret("NOT_THERE"))
