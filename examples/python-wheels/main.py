from fair_rounding import split
from sealrun import context, get_secret

password = get_secret("INVOICE_PASSWORD")
parts = split(100, [1, 1, 1])
print("100.00 in three parts: " + " + ".join(str(part) for part in parts))
print(f"They add up to {sum(parts)}")
print(f"The script's secret is {password}")
context.result({"parts": [str(part) for part in parts]})
